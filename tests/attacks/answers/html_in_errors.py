"""Puts scripts and formulas into the text of errors, which stands in the feedback, the table and the report."""

BASE = "blank"
ANSWERS = {
    "number": """
class Evil(Exception):
    pass

Evil.__name__ = "<script>alert(1)</script>"
raise Evil("<img src=x onerror=alert(2)>")
""",
    "double": "def double(x):\n    raise ValueError('</pre><script>alert(3)</script><iframe src=//evil.example>')",
    "coin": "def coin(p):\n    raise ValueError('{{ 7 * 7 }} =HYPERLINK(\"//evil.example\") [red]x[/]')",
}
POINTS = 0
REASON = "double(1.0) raised ValueError"

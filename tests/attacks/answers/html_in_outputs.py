"""Puts scripts into outputs and into the written answer, to run when the teacher opens the page."""

BASE = "solution"
ANSWERS = {
    "number": """
from IPython.display import HTML, SVG, Javascript, Markdown, display

number = data.mean()
widget = {"application/vnd.jupyter.widget-view+json": {"model_id": "x"}}
display(HTML("<script>alert(1)</script><img src=x onerror=alert(2)><iframe src=//evil.example></iframe>"))
display(Javascript("alert(3)"), SVG('<svg xmlns="http://www.w3.org/2000/svg" onload="alert(4)"/>'))
display(Markdown("<form action=/formgrader><button>x</button></form> [x](javascript:alert(5))"))
display({"text/html": ["<scr", "ipt>alert(6)</script>"], **widget}, raw=True)
display({"image/png": '"><script>alert(7)</script>', "text/latex": "<script>alert(8)</script>"}, raw=True)
""",
    "words": "<script>alert(9)</script> <a href='javascript:alert(10)' onclick='alert(11)'>x</a> ![x](//evil.example)",
}
POINTS = 8
REASON = ""

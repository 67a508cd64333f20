"""Puts halves of characters, which no file can hold, into outputs, errors and answers."""

BASE = "blank"
ANSWERS = {
    "number": "print('\\ud800')\nnumber = '\\udfff'\nraise ValueError('\\ud800\\x00\\x1b[2J')",
    "double": "def double(x):\n    raise ValueError('\\ud800 \\udc00\\ud800\\x00\\x07\\x1b[31m')",
    "share": "share = ['\\ud800'] * 4",
    "coin": "def coin(p):\n    raise type('\\ud800', (Exception,), {})('=1+1')",
}
POINTS = 0
REASON = "double(1.0) raised ValueError"

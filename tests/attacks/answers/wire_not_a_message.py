"""Sends JSON that is no message: lists, texts, a message without its arrays' sizes, or with sizes below zero."""

BASE = "solution"
ANSWERS = {
    "mean_of": """
import os, struct

for text in (b'{"blobs": [-1, 1], "id": 0}', b"[]", b'""', b'{"id": 0}', b'{"blobs": [true]}'):
    os.write(3, struct.pack("!II", len(text), 0) + text)
"""
}
POINTS = 3
REASON = "cannot be read (not a message)"

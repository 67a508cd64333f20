"""Holds halves of characters and NUL characters in its cells."""

import json
from pathlib import Path

BASE = "blank"
POINTS = 0
REASON = "This is not the notebook of target"


def file(path: Path) -> None:
    lines = ["# \ud800 \u0000", "print('\udfff')", "number = '\u0000\ud83d'"]
    cell = {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": 1}
    cells = [{**cell, "id": f"c{number}", "source": line} for number, line in enumerate(lines)]
    path.write_text(json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {"\udc00": "\udc00"}, "cells": cells}))

"""Has a thousand cells."""

import json
from pathlib import Path

BASE = "blank"
POINTS = 0
REASON = "This is not the notebook of target"


def file(path: Path) -> None:
    cell = {"cell_type": "code", "metadata": {}, "source": "1", "outputs": [], "execution_count": 1}
    cells = [{**cell, "id": f"c{number}"} for number in range(1_000)]
    path.write_text(json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells}))

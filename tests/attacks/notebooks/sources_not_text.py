"""Has numbers in the place of lines."""

import json
from pathlib import Path

BASE = "blank"
POINTS = 0
REASON = "This is not the notebook of target"


def file(path: Path) -> None:
    cell = {"cell_type": "code", "id": "a", "metadata": {}, "source": [1, {}], "outputs": [], "execution_count": 1}
    path.write_text(json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [cell]}))

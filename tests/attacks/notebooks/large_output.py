"""Holds outputs of 30 MB."""

import json
from pathlib import Path

BASE = "blank"
POINTS = 0
REASON = "This is not the notebook of target"


def file(path: Path) -> None:
    output = {"output_type": "stream", "name": "stdout", "text": "x" * 30_000_000}
    cell = {"cell_type": "code", "id": "a", "metadata": {}, "source": "", "outputs": [output], "execution_count": 1}
    path.write_text(json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [cell]}))

"""Says that it is of a format to come."""

import json
from pathlib import Path

BASE = "blank"
POINTS = 0
REASON = "This is not the notebook of target"


def file(path: Path) -> None:
    path.write_text(json.dumps({"nbformat": 4, "nbformat_minor": 10**30, "metadata": {}, "cells": [{"kind": "x"}]}))

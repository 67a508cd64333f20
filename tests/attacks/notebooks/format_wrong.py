"""Says that it has a format that there is not, and cells that are none."""

import json
from pathlib import Path

BASE = "blank"
POINTS = 0
REASON = "has no cells that can be read"


def file(path: Path) -> None:
    path.write_text(json.dumps({"nbformat": "4", "nbformat_minor": [], "metadata": 3, "cells": {"a": 1}}))

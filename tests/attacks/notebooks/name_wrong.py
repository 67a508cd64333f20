"""Has another name than the exercise."""

from pathlib import Path

BASE = "blank"
POINTS = 0
REASON = "Target (1).ipynb has no cells that can be read"


def file(path: Path) -> None:
    path.with_name("Target (1).ipynb").write_text('{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": []}')

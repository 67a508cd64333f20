"""Has another name than the exercise."""

from pathlib import Path

BASE = "blank"
POINTS = 0
REASON = "there is Target (1).ipynb, which must be renamed to it"


def file(path: Path) -> None:
    path.with_name("Target (1).ipynb").write_text('{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": []}')

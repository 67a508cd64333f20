"""Holds a number with a million digits, and one that is infinite."""

from pathlib import Path

BASE = "blank"
POINTS = 0
REASON = "has no cells that can be read"


def file(path: Path) -> None:
    numbers = f'{{"a": 1e999, "b": {"9" * 1_000_000}}}'
    path.write_text(f'{{"nbformat": 4, "nbformat_minor": 5, "metadata": {numbers}, "cells": []}}')

"""Breaks off in the middle, as a download does."""

from pathlib import Path

BASE = "blank"
POINTS = 0
REASON = "is not valid JSON"


def file(path: Path) -> None:
    path.write_text('{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [{"cell_type": "co')

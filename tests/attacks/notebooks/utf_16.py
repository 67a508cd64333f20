"""Is saved in UTF-16, as some editors do."""

from pathlib import Path

BASE = "blank"
POINTS = 0
REASON = "is not a text file in UTF-8"


def file(path: Path) -> None:
    path.write_text('{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": []}', encoding="utf-16")

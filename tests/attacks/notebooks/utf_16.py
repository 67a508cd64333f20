"""Is saved in UTF-16, as some editors do."""

from pathlib import Path

BASE = "blank"
POINTS = 0
REASON = "has no cells that can be read"


def file(path: Path) -> None:
    path.write_text('{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": []}', encoding="utf-16")

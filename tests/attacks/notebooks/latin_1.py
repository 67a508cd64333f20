"""Is saved in Latin-1."""

from pathlib import Path

BASE = "blank"
POINTS = 0
REASON = "has no cells that can be read"


def file(path: Path) -> None:
    path.write_bytes('{"nbformat": 4, "metadata": {"author": "Zoë"}, "cells": []}'.encode("latin-1"))

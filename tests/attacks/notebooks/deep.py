"""Is nested a hundred thousand deep."""

from pathlib import Path

BASE = "blank"
POINTS = 0
REASON = "has no cells that can be read"


def file(path: Path) -> None:
    path.write_text('{"nbformat": 4, "cells": ' + "[" * 100_000 + "]" * 100_000 + "}")

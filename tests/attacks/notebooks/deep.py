"""Is nested a hundred thousand deep."""

from pathlib import Path

BASE = "blank"
POINTS = 0
REASON = "is nested too deeply"


def file(path: Path) -> None:
    path.write_text('{"nbformat": 4, "cells": ' + "[" * 100_000 + "]" * 100_000 + "}")

"""Holds metadata as deep as can just be read."""

from pathlib import Path

BASE = "blank"
POINTS = 0
REASON = "has no cells that can be read"


def file(path: Path) -> None:
    deep = '{"a":' * 900 + "1" + "}" * 900
    path.write_text('{"nbformat": 4, "nbformat_minor": 5, "metadata": ' + deep + ', "cells": []}')

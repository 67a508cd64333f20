"""Says each thing twice: first what is checked, then what is meant."""

from pathlib import Path

BASE = "blank"
POINTS = 0
REASON = "This is not the notebook of target"


def file(path: Path) -> None:
    first = '"cell_type": "markdown", "id": "a", "metadata": {}, "source": "1 / 0", '
    then = '"cell_type": "code", "id": "b", "metadata": {"nbgrader": {"grade_id": "test_number"}}, "source": "2.0", '
    cell = "{" + first + then + '"outputs": [], "execution_count": 1}'
    head = '"nbformat": 3, "nbformat": 4, "nbformat_minor": 5, "metadata": 3, "metadata": {}, "cells": 3, '
    path.write_text("{" + head + '"cells": [' + cell + "]}")

"""Sends as many outputs for each of many cells as a message can hold, until nobody can send the notebook on."""

from nbformat.v4 import new_code_cell

BASE = "blank"
ANSWERS = {
    "number": """
from hbcourse.grading.running import wire

honest = wire.send
picture = {"output_type": "display_data", "metadata": {}, "data": {"image/png": "A" * 3_900_000}}

def send(end, message, blobs=()):
    honest(end, {**message, "outputs": [picture] * 4} if "outputs" in message else message, blobs)

wire.send = send
number = 0.0
"""
}
POINTS = 0
REASON = "number is not right: it is 0."


def change(notebook):
    notebook.cells += [new_code_cell(f"{number} + 1") for number in range(9)]

"""Sends outputs that are none, outputs of tests, and outputs whose parts are of the wrong kinds."""

BASE = "blank"
ANSWERS = {
    "number": """
from hbcourse.grading.running import wire

honest = wire.send
forged = [
    {"output_type": "execute_result", "data": {"text/plain": "2.0"}, "execution_count": 10**300,
     "metadata": {"nbgrader": {"grade_id": "test_share"}}},
    {"output_type": "error", "ename": "CheckFailed", "evalue": "", "traceback": []},
    {"output_type": "stream", "name": "../../x", "text": ["2", ".0"]},
    {"output_type": "display_data", "data": {"image/png": 5, "text/html": {"a": 1}}, "metadata": []},
    {"output_type": ["stream"]}, [], None, "2.0", 2.0, {"nbgrader": {"points": 2}},
] * 50

def send(end, message, blobs=()):
    honest(end, {**message, "outputs": forged, "cells": forged, "problem": "", "lost": "x", "score": 8}, blobs)

wire.send = send
number = 0.0
""",
}
POINTS = 0
REASON = "number is not right: it is 0."

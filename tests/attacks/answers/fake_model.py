"""Passes for a PyMC model and for draws, with a structure and a log density of its own."""

BASE = "blank"
ANSWERS = {
    "number": """
import sys, types

class Model:
    free_RVs = observed_RVs = deterministics = potentials = property(lambda self: [])

sys.modules["pymc"] = types.SimpleNamespace(Model=Model)
number = share = double = Model()
from hbcourse.check import answers
answers.describe_model = lambda model: {"free": {"number": {"shape": [], "family": "Normal"}}}
answers.model_log_density = lambda model, points: [0.0] * len(points)
""",
}
POINTS = 0
REASON = "it is a Model"

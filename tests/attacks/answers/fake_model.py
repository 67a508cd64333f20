"""Passes for a PyMC model and for draws, with a graph of its own."""

BASE = "blank"
ANSWERS = {
    "number": """
import sys, types

class Model:
    free_RVs = observed_RVs = deterministics = potentials = property(lambda self: [])

sys.modules["pymc"] = types.SimpleNamespace(Model=Model)
number = share = double = Model()
from hbcourse.check import graphs
graphs.describe_model = lambda model: {"free": {"number": 0}, "nodes": [{"constant": 7.0}], "observed": {}}
""",
}
POINTS = 0
REASON = "it is a Model"

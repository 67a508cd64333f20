"""Where the settings of older courses find what makes pages safe."""

from .shown.harmless import FILTERS, HarmlessOutputs

__all__ = ["FILTERS", "HarmlessOutputs"]

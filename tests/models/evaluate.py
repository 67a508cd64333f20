"""Log densities of models without a compiler: nothing to wait for, and no BLAS that PyTensor might miss."""

from collections.abc import Callable, Mapping

import pymc as pm
from numpy.typing import ArrayLike
from pytensor.compile.mode import Mode


def log_density(model: pm.Model) -> Callable[[Mapping[str, ArrayLike]], float]:
    """Log density of the model as a function of a point in the sampler's coordinates."""
    compiled = model.compile_logp(mode=Mode(linker="py", optimizer="fast_compile"))
    return lambda point: float(compiled(point))

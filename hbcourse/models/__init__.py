"""PyMC models, one builder each. They return a ``pm.Model``: sampling stays in the reader's hands.

Arguments are those of the exact engines, priors included (``hbcourse.exact``). Parameters of units are ``theta``, those
of the population ``mu`` and ``tau``. The data lie in ``pm.Data`` containers, ``y_data`` for the observed ``y``, so that
other data of the same shape can take their place without building or compiling anew.
"""

from ._beta_binomial import beta_binomial
from ._counts import gamma_poisson, lognormal_poisson, negative_binomial
from ._inverse_problem import inverse_problem
from ._logit_normal import logit_normal
from ._nested_normal import nested_normal
from ._normal_hierarchy import normal_hierarchy, student_t_hierarchy
from ._two_groups import two_groups
from ._varying_slopes import varying_slopes

__all__ = [
    "beta_binomial",
    "gamma_poisson",
    "inverse_problem",
    "logit_normal",
    "lognormal_poisson",
    "negative_binomial",
    "nested_normal",
    "normal_hierarchy",
    "student_t_hierarchy",
    "two_groups",
    "varying_slopes",
]

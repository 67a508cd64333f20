"""What a student hands in: found, read, known for what it is, and made into what is run.

Needs neither nbgrader nor Linux, since students check their notebooks with it too.
"""

from .files import Rejected
from .identity import misnamed
from .reading import Notebook, read
from .rebuild import as_it_stands
from .take import HandIn, take

__all__ = ["HandIn", "Notebook", "Rejected", "as_it_stands", "misnamed", "read", "take"]

from . import check as check
from . import datasets as datasets
from . import exact as exact
from . import models as models
from . import plots as plots
from . import pooling as pooling

__version__: str

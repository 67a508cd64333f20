from . import certified as certified
from . import check as check
from . import datasets as datasets
from . import discovery as discovery
from . import estimates as estimates
from . import exact as exact
from . import exchangeability as exchangeability
from . import hierarchy as hierarchy
from . import james_stein as james_stein
from . import models as models
from . import nesting as nesting
from . import overdispersion as overdispersion
from . import parameterization as parameterization
from . import plots as plots
from . import pooling as pooling
from . import priors as priors
from . import regularization as regularization
from . import shrinkage as shrinkage
from . import uncertainty as uncertainty
from . import variants as variants
from . import workflow as workflow

__version__: str

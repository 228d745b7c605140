"""Where notebooks that were made before version 0.2 look for `keten.analysis.contribution`."""

import sys

from keten.statistics.timeseries import contribution

sys.modules[f"{__name__}.contribution"] = contribution

"""What margins do in arithmetic: how they add up, and how many digits a number with a margin can carry."""

import math
from collections.abc import Iterable


def margin_of_sum(margins: Iterable[float]) -> float:
    """Half the width of the interval for a sum or a difference of figures, each rounded by itself; NaN if unknown.

    A figure with margin h has an error that is evenly spread over -h to h, with standard deviation h / sqrt(3) (for a
    rounding base r, where h = r / 2: r / (2 x sqrt(3))). The errors of independent figures add up by their squares,
    and two standard deviations cover some 95% of what can be (Evaluation of measurement data, JCGM 100:2008, 4.3.7,
    5.1.2 and 6.3.3). So it is 2 x sqrt(sum of h squared / 3), for n figures of one base 2 x r / (2 x sqrt(3)) x
    sqrt(n); never more than all margins together, the widest that can be, which is what a single figure comes to. A sum
    that is added up once more counts as one figure with its own margin: at most a sixth too wide, never too narrow.

    >>> round(margin_of_sum([2.5] * 12), 6), margin_of_sum([2.5])
    (10.0, 2.5)
    """
    given = list(margins)
    widest = float(sum(given))
    return min(widest, 2 * math.sqrt(sum(half**2 for half in given) / 3))  # of NaN both are NaN


def step_within(margin: float, finest: float) -> float:
    """The place to which a number with this margin is rounded: `finest`, or ten, a hundred, ... times as much.

    A digit is given while the margin is less than five of it: then the number is known better than rounding to the next
    place would leave it.

    >>> [step_within(margin, 1) for margin in (0, 4.9, 5, 50)], step_within(0.6, 0.1)
    ([1, 1, 10, 100], 1.0)
    """
    step = finest
    while margin >= 5 * step:
        step *= 10
    return step

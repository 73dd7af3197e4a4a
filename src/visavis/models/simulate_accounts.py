"""Made-up incidents between two countries and the stories that three tellers write of them, with a known tilt."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from visavis.errors import UsageError

__all__ = ["told_incidents"]


def told_incidents(
    *,
    weeks: int,
    incidents: float,
    stories: tuple[float, float, float],
    tilt: tuple[float, float] = (1.0, 1.0),
    echo: float = 2.0,
    spread: float = 1.0,
    lean: float = 2.0,
    rng: np.random.Generator,
) -> npt.NDArray[np.int64]:
    """Stories that show one side as the hostile one, (weeks, 3 tellers, 2 sides).

    Every incident has one hostile side and a size that all tellers share; a teller writes more of what is larger. The
    tellers are the press of the first country, that of the second, and third parties. With a tilt of 1 no teller's
    choice depends on the side, though large incidents, echoes and weeks make the counts scatter much more than coins.

    Args:
        weeks: number of weeks.
        incidents: mean number of incidents a week, above 0.
        stories: mean stories a week of each teller.
        tilt: odds ratio by which each side's press shows the other side rather than its own, against third parties.
        echo: variance divided by mean of a teller's stories on one incident; 1 is Poisson.
        spread: standard deviation of the logarithm of an incident's size.
        lean: in every week the second side's share of incidents is drawn from a Beta with this twice; large is even.
        rng: source of the draws.

    Raises:
        UsageError: no incidents, a tilt that is not above 0, or an echo under 1.

    Example:
        >>> made = told_incidents(weeks=400, incidents=4, stories=(8, 8, 8), tilt=(3, 1), rng=np.random.default_rng(1))
        >>> press, third = made[:, 0].sum(axis=0), made[:, 2].sum(axis=0)
        >>> made.shape, bool(2 < press[1] * third[0] / (press[0] * third[1]) < 4)
        ((400, 3, 2), True)
    """
    if incidents <= 0 or min(tilt) <= 0 or echo < 1:
        raise UsageError(f"incidents {incidents:g} and tilt {tilt} must be above 0, echo {echo:g} at least 1.")
    found = np.zeros((weeks, 3, 2), dtype=np.int64)
    odds = (np.array([tilt[0] ** -0.5, tilt[0] ** 0.5]), np.array([tilt[1] ** 0.5, tilt[1] ** -0.5]), np.ones(2))
    for week in range(weeks):
        side = (rng.random(rng.poisson(incidents)) < rng.beta(lean, lean)).astype(np.int64)
        size = np.exp(rng.normal(-spread * spread / 2, spread, len(side))) / incidents
        for teller in range(3):
            mean = stories[teller] * size * odds[teller][side]
            if echo > 1:
                mean = rng.gamma(mean / (echo - 1), echo - 1)
            np.add.at(found[week, teller], side, rng.poisson(mean))
    return found

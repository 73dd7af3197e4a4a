"""What is done next, full action codes: log loss, rank, and what every component is worth by itself, in one run.

    python benchmarks/next_act.py FILE [--first 2018-08-15] [--test 2018-09-01] [--until 2018-09-30]
                                       [--last] [--simulate RUNS]

FILE is a tab file of ICEWS, plain or .gz. An act is one day, directed pair and full code, however often it was told;
an act is foretold from earlier days only (single step). Smoothing and weights are fitted on the days from --first to
the day before --test, with histories from the file's first day; nothing of the test part is used for them. Told are two
units: pairs of named actors, within countries too, as in the usual benchmarks of such data, and pairs of countries.
--last also fits without each component in turn, which takes four times as long. --simulate counts, in made-up records,
how often the mirror is told to add something where it does, and where not.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from visavis.models.next_act import COMPONENTS, Acts, alone, cases, fit, score, smoothing
from visavis.models.simulate_acts import made_acts
from visavis.models.what_helps import learned, what_helps

LN2 = float(np.log(2))


def rows(path: Path, until: str) -> Iterator[tuple[str, str, str, str, str, str]]:
    """Day, source, its country, target, its country, code."""
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8", errors="replace", newline="") as file:
        lines = csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        names = next(lines)
        wanted = ("Event Date", "Source Name", "Source Country", "Target Name", "Target Country", "CAMEO Code")
        at = [names.index(name) for name in wanted]
        for line in lines:
            if len(line) > max(at) and line[at[0]] <= until:
                yield tuple(line[i] for i in at)


def acts_of(found: set[tuple[str, str, str, str]]) -> tuple[Acts, np.datetime64]:
    """Distinct acts, numbered; and the first day."""
    days, sources, targets, codes = (np.array(column) for column in zip(*sorted(found), strict=True))
    dates = days.astype("datetime64[D]")
    number = np.unique(np.concatenate([sources, targets]), return_inverse=True)[1].astype(np.int64)
    names, kind = np.unique(codes, return_inverse=True)
    day = (dates - dates.min()).astype(np.int64)
    source, target = np.split(number, 2)
    return Acts(day, source, target, kind.astype(np.int64), np.ones(len(day), np.int64), len(names)), dates.min()


def told(title: str, found: set[tuple[str, str, str, str]], days: tuple[str, str, str], *, last: bool) -> None:
    """The table of one unit."""
    start, cpu = time.perf_counter(), time.process_time()
    acts, zero = acts_of(found)
    at = [int((np.datetime64(day) - zero).astype(int)) for day in days]
    everything = cases(acts, at[0], at[2])
    held, new = (everything.where(keep) for keep in (everything.period < at[1], everything.period >= at[1]))
    alpha = smoothing(held)
    print(f"\n{title}: {len(acts.kind):,} acts, {acts.kinds} codes; fitted on {held.n:,}, told {new.n:,}")
    print(f"  {'component':<10} {'log loss':>8} {'bits':>6} {'MRR':>6} {'alpha':>6} {'weight':>7}")
    whole = fit(held, alpha)
    best, losses = score(whole, new), {}
    for name in ("base", *COMPONENTS):
        one = score(alone(name, alpha), new)
        losses[name] = one.per_act
        weight = whole.base if name == "base" else whole.weights[name]
        figures = f"{one.per_act * LN2:8.3f} {one.per_act:6.2f} {one.mrr:6.3f} {alpha.get(name, 0):6g} {weight:7.2f}"
        print(f"  {name:<10} {figures}")
    print(f"  {'all':<10} {best.per_act * LN2:8.3f} {best.per_act:6.2f} {best.mrr:6.3f}")
    for name in ("own", "base"):
        gain = losses[name] - best.per_act
        print(f"  below {name}: {gain:.2f} bits ({gain * LN2:.3f} nats)")
    print(f"  {time.perf_counter() - start:.1f} s, {time.process_time() - cpu:.1f} s of processors")
    for name in COMPONENTS if last else ():
        rest = score(fit(held, alpha, [c for c in COMPONENTS if c != name]), new).per_act - best.per_act
        print(f"  without {name}: {rest:+.4f} bits")


def simulated(runs: int) -> None:
    print("\nwhat the mirror adds once the own record is known, of 7 countries over 120 periods")
    for title, kinds, mean, spread, alike in (
        ("all directions the same", 8, 3.0, 0.0, False),
        ("each direction its own mix", 8, 3.0, 1.0, False),
        ("both directions of a pair the same mix, much on record", 8, 6.0, 1.0, True),
        ("both directions of a pair the same mix, little on record", 20, 2.0, 1.5, True),
        ("the same, less still and more apart", 30, 1.5, 2.5, True),
    ):
        said: Counter[str] = Counter()
        values = []
        for run in range(runs):
            rng = np.random.default_rng(run)
            made = made_acts(7, 120, kinds, weights={}, rng=rng, acts=mean, spread=spread, alike=alike)
            found = learned(made, 120)
            assert found is not None
            one = what_helps(found, 0, 1, block=4)
            said[one.said] += 1
            values += [] if one.mirror is None else [one.mirror.value]
        shares = ", ".join(f"{name} {n / runs:.2f}" for name, n in said.most_common())
        print(f"  {title}: mean {np.mean(values):+.3f} bits; {shares}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path, nargs="?")
    parser.add_argument("--first", default="2018-08-15")
    parser.add_argument("--test", default="2018-09-01")
    parser.add_argument("--until", default="2018-09-30")
    parser.add_argument("--last", action="store_true")
    parser.add_argument("--simulate", type=int, default=0)
    given = parser.parse_args()
    if given.file:
        actors, countries = set(), set()
        for day, source, home, target, there, code in rows(given.file, given.until):
            actors.add((day, f"{source}|{home}", f"{target}|{there}", code))
            if home and there and home != there:
                countries.add((day, home, there, code))
        span = (given.first, given.test, given.until)
        told("named actors", actors, span, last=given.last)
        told("countries, acts from one to another", countries, span, last=given.last)
    if given.simulate:
        simulated(given.simulate)


if __name__ == "__main__":
    main()

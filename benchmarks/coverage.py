"""Coverage, false alarms and recovery of the models, on made-up data: ``coverage.py [RUNS] [PART ...]``.

Counts are negative binomial with variance/mean 3, as in news; AR is the coefficient of the latent series. People come
from ``simulate_twins``: delegations on an answer scale, publics answering yes or no in clusters.
"""

from __future__ import annotations

import sys
from collections import Counter, defaultdict
from collections.abc import Callable

import numpy as np
from scipy.special import expit, logit

from visavis.models.breadth import breadth
from visavis.models.control import Control, control
from visavis.models.coorientation import Side, coorientation
from visavis.models.decomposition import contributions
from visavis.models.elsewhere import rates_elsewhere
from visavis.models.intervals import rate_interval, rate_ratio, share_interval
from visavis.models.replicates import jackknife
from visavis.models.simulate_cells import autocorrelated_counts, overdispersed_counts, rising_cells
from visavis.models.simulate_twins import (
    Truth,
    items_in_states,
    mirrored_items,
    pulled_to_the_middle,
    twin_delegations,
    twin_publics,
)
from visavis.models.truth_mirror import TruthMirror, truth_mirror
from visavis.models.unusual import scan_counts, unusual_count


def intervals(runs: int) -> None:
    """Coverage of 90 % intervals for a share, a rate and a ratio of rates."""
    rng = np.random.default_rng(1)
    for share, n in ((0.05, 40), (0.3, 40), (0.3, 300)):
        found = [share_interval(int(k), n) for k in rng.binomial(n, share, runs)]
        print(f"share {share} of {n}: coverage {np.mean([e.low <= share <= e.high for e in found if e]):.3f}")
    for mean in (5, 20, 100):
        found = [rate_interval(int(y), 1, dispersion=3) for y in overdispersed_counts([mean] * runs, 3, rng=rng)]
        print(f"rate, mean {mean}: coverage {np.mean([e.low <= mean <= e.high for e in found if e]):.3f}")
    now, before = overdispersed_counts([60] * runs, 3, rng=rng), overdispersed_counts([300] * runs, 3, rng=rng)
    found = [rate_ratio(a, 1, b, 10, dispersion=3) for a, b in zip(now, before, strict=True)]
    print(f"ratio of rates 2: coverage {np.mean([e.low <= 2 <= e.high for e in found if e]):.3f}")


def unusual(runs: int) -> None:
    """False alarms, coverage and power of one period against its past, and false alarms of a scan of 120."""
    for mean in (5, 20, 60):
        for ar in (0.0, 0.6):
            rng = np.random.default_rng(2)
            alarms, covered, power, scans = [], [], [], []
            for _ in range(runs):
                y = autocorrelated_counts(mean, 120, ratio=3, ar=ar, rng=rng)
                for t in (12, 24, 60, 119):
                    one = unusual_count(y[:t], np.ones(t), int(y[t]), 1)
                    alarms.append(one.verdict == "unusual")
                    covered.append((one.low or 0) <= y[t] <= (one.high or 0))
                power.append(unusual_count(y[:60], np.ones(60), int(3 * mean), 1).verdict == "unusual")
                scans.append(bool(scan_counts(y, np.ones(120)).named))
            print(
                f"unusual, mean {mean}, AR {ar}: false alarms {np.mean(alarms):.3f} (nominal .050), "
                f"90 % interval holds {np.mean(covered):.3f}, a tripled month found {np.mean(power):.2f}, "
                f"series of 120 with a false name {np.mean(scans):.3f} (false discovery rate .05)"
            )


def cells(runs: int) -> None:
    """Cells named in a change over 40 cells of 5 to 200 reports: by noise, and when one cell triples."""
    rng = np.random.default_rng(3)
    for rising in (0, 1):
        hits, false = [], []
        for _ in range(runs):
            before, now = rising_cells(cells=40, rising=rising, growth=3, sizes=(5, 200), periods=24, rng=rng)
            base, count = (overdispersed_counts(x, 3, rng=rng) for x in (before, now))
            named = {c.cell for c in contributions(base, count, 24, 1, dispersion=3).cells if c.named}
            truth = set(np.flatnonzero(now > 1.5 * before / 24).tolist())
            hits.append(len(named & truth))
            false.append(bool(named - truth))
        print(f"decomposition, {rising} rising: found {np.mean(hits):.2f}, any false name {np.mean(false):.3f}")


def breadths(runs: int) -> None:
    """Recovery of the breadth index when k of 40 cells rise."""
    for sizes in ((5, 20), (5, 200)):
        for growth, k in ((1, 0), *((g, k) for g in (1.5, 2, 3) for k in (1, 3, 10, 40))):
            rng = np.random.default_rng(k)
            pairs, verdicts = [], Counter[str]()
            for _ in range(runs):
                before, now = rising_cells(cells=40, rising=k, growth=growth, sizes=sizes, periods=24, rng=rng)
                base, count = (overdispersed_counts(x, 3, rng=rng) for x in (before, now))
                one = breadth(base, count, 24, 1, dispersion=3, rng=rng, draws=600)
                verdicts[one.verdict if one else "none"] += 1
                if one and one.index and k:
                    change = now - before / 24
                    pairs.append((change.sum() ** 2 / (change @ change), one.index))
            line = f"breadth, cells of {sizes[0]}-{sizes[1]}, {k} grow by {growth}: {dict(sorted(verdicts.items()))}"
            if pairs:
                truth = np.array([t for t, _ in pairs])
                value = np.array([i.value for _, i in pairs])
                held = np.mean([i.low <= t <= i.high for t, i in pairs])
                line += f"; index given in {len(pairs)}: true {truth.mean():.1f}"
                line += f", median bias {np.median(value - truth):+.1f}"
                line += f", mean bias {np.mean(value - truth):+.1f}, coverage {held:.2f}"
            print(line)


def pair_or_actor(runs: int) -> None:
    """Verdicts when the partner's rate grows (20 a month) and the others' (150 a month) does or does not."""
    for own, other in ((1, 1), (2, 1), (4, 1), (2, 2), (4, 4)):
        rng = np.random.default_rng(4)
        drawn = overdispersed_counts(np.tile([480.0, 20 * own, 3600, 150 * other], (runs, 1)), 3, rng=rng)
        found = Counter(rates_elsewhere((a, b), (c, d), (24, 1), dispersion=3).verdict for a, b, c, d in drawn)
        print(f"elsewhere, partner x{own}, others x{other}: {dict(sorted(found.items()))}")


_Make = Callable[[Truth, np.random.Generator], tuple[Side, Side]]


def _kinds() -> dict[str, _Make]:
    """Both kinds of sides that the joint sheet has, as ways to draw them."""
    kinds: dict[str, _Make] = {
        "publics, n 1000, deff 1.5": lambda truth, rng: twin_publics(truth, 1000, rng=rng, replicates=200)
    }
    for n in (6, 8, 12):
        kinds[f"delegations of {n}"] = lambda truth, rng, n=n: twin_delegations(truth, (n, n), rng=rng)
    return kinds


def mirrors(runs: int) -> None:
    """Coverage of 95 % intervals for truth and mirror weights (t .35, p .40), 20 items, both sides' estimates."""
    for kind, make in _kinds().items():
        rng = np.random.default_rng(5)
        held, values, refused, bounded = defaultdict(list), defaultdict(list), 0, []
        for _ in range(runs):
            pair = make(mirrored_items(20, rng=rng), rng)
            for one, other in (pair, pair[::-1]):
                found = truth_mirror(one, other)
                if not isinstance(found, TruthMirror):
                    refused += 1
                    continue
                own = 0.1 if "publics" in kind else 0.2
                for name, true in (("truth", 0.35), ("mirror", 0.4), ("projection", own)):
                    ends = getattr(found, name).estimate()
                    held[name].append(ends.low <= true <= ends.high)
                    values[name].append(ends.value)
                bounded.append(found.ratio.kind == "bounded")
        parts = "; ".join(
            f"{name} mean {np.mean(values[name]):.3f} sd {np.std(values[name]):.3f} coverage {np.mean(held[name]):.3f}"
            for name in held
        )
        print(f"{kind}: {parts}; ratio bounded {np.mean(bounded):.2f}; refused {refused} of {2 * runs}")


def understanding(runs: int) -> None:
    """Coverage of gaps, perceived gaps and biases; states found; and the headline against the truth."""
    four = [("consensus", "consensus"), ("dissensus", "dissensus"), ("dissensus", "false consensus")]
    four += [("false conflict", "consensus")]
    for kind, make in _kinds().items():
        rng = np.random.default_rng(6)
        held, states, headline = defaultdict(list), defaultdict(Counter[str]), []
        for _ in range(runs):
            truth = items_in_states(four * 5, rng=rng)  # type: ignore[arg-type]
            found = coorientation(*make(truth, rng), rng=rng, draws=1000)
            names, understood = truth.states(0.1)
            share = found.headline
            headline.append((share.value - understood.mean(), share.low <= understood.mean() <= share.high))
            for view in found.items:
                for side, seen in enumerate((view.a, view.b)):
                    bias = truth.estimate[side] - truth.own[1 - side]
                    for name, true in (("gap", truth.gap[side]), ("perceived", truth.perceived[side]), ("bias", bias)):
                        ends = getattr(seen, name).estimate()
                        held[name].append(ends.low <= true[view.item] <= ends.high)
                    states[names[side][view.item]][seen.state] += 1
        parts = ", ".join(f"{name} {np.mean(found):.3f}" for name, found in held.items())
        right = ", ".join(f"{name} {count[name] / count.total():.2f}" for name, count in states.items())
        off, covered = np.mean(headline, axis=0)
        print(f"{kind}: coverage {parts}; named rightly {right}; headline off by {off:+.3f}, in interval {covered:.2f}")


def headlines(runs: int) -> None:
    """The expected share of understood differences against the true one, from none to all of 20 items."""
    both, four = ("dissensus", "dissensus"), [("consensus", "consensus"), ("false conflict", "false conflict")]
    rest = [("dissensus", "false consensus"), ("consensus", "consensus"), ("false consensus", "false consensus")]
    cases = {
        "none, all alike": [("consensus", "consensus")] * 20,
        "none, one side blind": [("dissensus", "false consensus")] * 20,
        "none, half imagined": four * 10,
        "a quarter": [*[both] * 5, *rest * 5],
        "seven of 20": [*[both] * 7, *rest * 4, rest[0]],
        "half": [*[both] * 10, *(rest * 4)[:10]],
        "all": [both] * 20,
    }
    for kind, make in _kinds().items():
        for name, states in cases.items():
            rng, off, held = np.random.default_rng(9), [], []
            for _ in range(max(runs // 4, 1)):
                truth = items_in_states(states, rng=rng)  # type: ignore[arg-type]
                share = coorientation(*make(truth, rng), rng=rng, draws=1024).headline
                true = truth.states(0.1)[1].mean()
                off.append(share.value - true)
                held.append(share.low <= true <= share.high)
            print(
                f"{kind}: {name} understood ({true:.2f}): headline off by {np.mean(off):+.3f} "
                f"({min(off):+.2f} to {max(off):+.2f}), in interval {np.mean(held):.2f}"
            )
        rng, off = np.random.default_rng(9), []
        for _ in range(max(runs // 4, 1)):
            first = rng.uniform(0.3, 0.5, 20)
            truth = Truth(np.array([first, first + 0.25]), np.array([first + 0.12, first + 0.13]))
            off.append(coorientation(*make(truth, rng), rng=rng, draws=1024).headline.value)
        print(f"{kind}: none understood, all missed by 13 points: headline off by {np.mean(off):+.3f}")


def false_consensus(runs: int) -> None:
    """How often "false consensus" is claimed when the gap, or the perceived gap, lies exactly at the margin."""
    for kind, make in _kinds().items():
        for name, gap, seen in (("gap at the margin, seen as 0", 0.1, 0.0), ("gap .25, seen at the margin", 0.25, 0.1)):
            rng, claims = np.random.default_rng(7), []
            for _ in range(max(runs // 2, 1)):
                first = rng.uniform(0.3, 0.45, 20)
                truth = Truth(np.array([first, first + gap]), np.array([first + seen, first + gap - seen]))
                found = coorientation(*make(truth, rng), rng=rng, draws=200)
                claims += [side.state == "false consensus" for view in found.items for side in (view.a, view.b)]
            print(f"{kind}: {name}: called false consensus {np.mean(claims):.4f} (at most .05)")


def shares(runs: int) -> None:
    """Coverage of 95 % intervals of a share of yes, and of a gap of two, in delegations."""
    for n in (6, 8, 12, 20, 50):
        for first, second in ((0.05, 0.05), (0.1, 0.1), (0.1, 0.3), (0.5, 0.5), (0.2, 0.9)):
            rng, own, gap = np.random.default_rng(10), [], []
            for _ in range(max(runs // 10, 1)):
                yes = [(rng.uniform(size=(n, 50)) < p).astype(float) for p in (first, second)]
                guess = np.clip(rng.normal(0.5, 0.1, (n, 50)), 0, 1)
                found = coorientation(*(Side(one, guess, jackknife(n)) for one in yes), rng=rng, draws=100)
                ends = [(view.a.own.estimate(), view.gap.estimate()) for view in found.items]
                own += [e.low <= first <= e.high for e, _ in ends]
                gap += [e.low <= second - first <= e.high for _, e in ends]
            print(f"{n} people, shares {first}, {second}: share held {np.mean(own):.3f}, gap {np.mean(gap):.3f}")


def controls(runs: int) -> None:
    """Recovery of the pull (gamma .6) and the excess of items that have none, n 1000, controls on the curve or off."""
    for count in (3, 4):
        for scatter in (0.0, 0.2, 0.4):
            rng, slopes, held, excess = np.random.default_rng(8), [], [], []
            for _ in range(runs):
                first, second = rng.uniform(0.2, 0.8, (2, 10))
                first[:count] = second[:count] = (0.15, 0.7, 0.35, 0.85)[:count]
                own = np.array([first, second])
                truth = pulled_to_the_middle(Truth(own, own[::-1]), 0.6)
                off = logit(truth.estimate[:, :count]) + rng.normal(0, scatter, (2, count))
                truth.estimate[:, :count] = expit(off)
                pair = twin_publics(truth, 1000, rng=rng, replicates=200)
                found = control(*pair, range(count), known=second[:count])
                if isinstance(found, Control):
                    ends = found.gamma.estimate()
                    slopes.append(ends.value)
                    held.append(ends.low <= 0.6 <= ends.high)
                    excess += [e.low <= 0 <= e.high for e in (item.excess.estimate() for item in found.items)]
            print(
                f"{count} controls, {scatter} logits off the curve: gamma mean {np.mean(slopes):.3f}, "
                f"coverage {np.mean(held):.3f}; excess of none covered {np.mean(excess):.3f}"
            )


if __name__ == "__main__":
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 100
    parts = (intervals, unusual, cells, breadths, pair_or_actor, mirrors, understanding, headlines)
    parts += (false_consensus, shares, controls)
    for part in parts:
        if len(sys.argv) < 3 or part.__name__ in sys.argv[2:]:
            part(runs)

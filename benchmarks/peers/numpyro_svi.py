"""The ordinal dynamic model by stochastic variational inference: ``numpyro_svi.py BALLOTS OUT SECONDS``."""

from __future__ import annotations

import sys
import time

import jax
import jax.numpy as jnp
import numpy as np
import numpyro
import numpyro.distributions as dist
from numpyro.infer import SVI, Trace_ELBO, init_to_value
from numpyro.infer.autoguide import AutoNormal

HIGH, LOW = (2, 20, 200, 666), (265, 365)
STEPS, AT_ONCE = 3000, 100


def main(ballots: str, out: str, seconds: float) -> None:
    """Fit until the steps are done or the time is nearly up, and write positions."""
    began = time.process_time()
    country, session, item, choice = np.loadtxt(ballots, delimiter=",", skiprows=1, dtype=np.int64, unpack=True)
    keys, place = np.unique(country * 1000 + session, return_inverse=True)
    items, item = np.unique(item, return_inverse=True)
    of = keys // 1000
    later = np.flatnonzero(of[1:] == of[:-1]) + 1
    above, none = jnp.asarray(choice > 1), jnp.asarray(choice > 2)
    place, item = jnp.asarray(place), jnp.asarray(item)

    def model() -> None:
        theta = numpyro.sample("theta", dist.Normal(0, 3).expand([len(keys)]).to_event(1))
        numpyro.factor("walk", dist.Normal(theta[later - 1], 0.5).log_prob(theta[later]).sum())
        slope = numpyro.sample("slope", dist.Normal(0, 1).expand([len(items)]).to_event(1))
        cut = numpyro.sample("cut", dist.Normal(0, 3).expand([len(items)]).to_event(1))
        gap = jnp.exp(numpyro.sample("gap", dist.Normal(0, 1).expand([len(items)]).to_event(1)))
        x = slope[item] * theta[place] - cut[item]
        yes, no = jax.scipy.special.log_ndtr(-x), jax.scipy.special.log_ndtr(x - gap[item])
        between = jnp.log(jnp.maximum(jax.scipy.special.ndtr(gap[item] - x) - jax.scipy.special.ndtr(-x), 1e-20))
        numpyro.factor("votes", jnp.where(none, no, jnp.where(above, between, yes)).sum())

    theta = np.where(np.isin(of, HIGH), 1.5, np.where(np.isin(of, LOW), -1.5, 0.0))
    guide = AutoNormal(model, init_loc_fn=init_to_value(values={"theta": jnp.asarray(theta)}), init_scale=0.05)
    svi = SVI(model, guide, numpyro.optim.Adam(0.02), Trace_ELBO())
    state, many = (
        svi.init(jax.random.PRNGKey(1)),
        jax.jit(lambda s: jax.lax.fori_loop(0, AT_ONCE, lambda _, t: svi.update(t)[0], s)),
    )
    done = 0
    while done < STEPS and time.process_time() - began < 0.9 * seconds:
        state = jax.block_until_ready(many(state))
        done += AT_ONCE
    print(f"{done} steps")
    found = np.asarray(guide.median(svi.get_params(state))["theta"])
    rows = np.column_stack([keys // 1000, keys % 1000, found])
    np.savetxt(out, rows, delimiter=",", header="country,session,position", comments="", fmt=["%d", "%d", "%.6f"])


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], float(sys.argv[3]))

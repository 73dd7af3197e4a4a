"""The binary two-parameter model of py-irt: ``py_irt_2pl.py BALLOTS OUT SECONDS``. No and abstention against yes."""

from __future__ import annotations

import sys

import numpy as np
from py_irt.config import IrtConfig
from py_irt.dataset import Dataset
from py_irt.training import IrtModelTrainer

EPOCHS = 500


def main(ballots: str, out: str) -> None:
    """Fit each country in each session as a subject of its own, and write positions."""
    country, session, item, choice = np.loadtxt(ballots, delimiter=",", skiprows=1, dtype=np.int64, unpack=True)
    keys, place = np.unique(country * 1000 + session, return_inverse=True)
    items, item = np.unique(item, return_inverse=True)
    subjects, names = ({k: str(k) for k in range(len(x))} for x in (keys, items))
    data = Dataset(
        item_ids=set(names.values()),
        subject_ids=set(subjects.values()),
        item_id_to_ix={v: k for k, v in names.items()},
        ix_to_item_id=names,
        subject_id_to_ix={v: k for k, v in subjects.items()},
        ix_to_subject_id=subjects,
        observation_subjects=place.tolist(),
        observation_items=item.tolist(),
        observations=(choice > 1).astype(float).tolist(),
        training_example=[True] * len(item),
    )
    trainer = IrtModelTrainer(
        config=IrtConfig(model_type="2pl", epochs=EPOCHS, priors="hierarchical"),
        data_path=None,
        dataset=data,
        verbose=False,
    )
    trainer.train(epochs=EPOCHS)
    print(f"{EPOCHS} epochs")
    rows = np.column_stack([keys // 1000, keys % 1000, trainer.last_params["ability"]])
    np.savetxt(out, rows, delimiter=",", header="country,session,position", comments="", fmt=["%d", "%d", "%.6f"])


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])

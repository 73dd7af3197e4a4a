"""Arrays -> estimates with intervals: one file a model, NumPy and SciPy only."""

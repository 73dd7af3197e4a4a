"""Parquet at rest, with a manifest and coverage; the only place that knows an engine."""

"""The brief: findings as one HTML file, and the files beside it."""

"""visavis: two countries, one record, read from both sides."""

__version__ = "0.1.0"

"""Names and words: countries' and publishers' registers, names that differ, message catalogues."""

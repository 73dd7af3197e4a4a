"""Names and words: message catalogues, registers of publishers and of names that differ, text from outside."""

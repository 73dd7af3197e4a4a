"""Joint sheets: two sides answer the same questions, sealed until both have committed."""

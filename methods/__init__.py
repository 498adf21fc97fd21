"""Statistics and formulas: pure functions, no database."""

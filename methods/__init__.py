"""Statistical methods and formulas. Pure functions without a database."""

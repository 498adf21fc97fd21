"""Commands of the privacy officer, for requests of citizens about their own data."""

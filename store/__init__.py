"""Database of an installation, with its tables, states, migrations and clock."""

"""One database: engine, every table and state, migrations, the clock."""

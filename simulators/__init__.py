"""Stand-ins for providers, over real HTTP: for trying out, for tests and for load."""

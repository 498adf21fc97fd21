"""Commands of an installation: accounts, serving, the demo, simulators, text trials."""

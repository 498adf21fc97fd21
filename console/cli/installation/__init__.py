"""Commands for accounts, serving, the demo, simulators and trial texts."""

"""The door for the telephone provider: what a caller hears next."""

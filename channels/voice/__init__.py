"""The telephone: what a caller hears and keys, and how a caller and an agent are brought together."""

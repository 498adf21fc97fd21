"""Operating an installation: its health in plain words, and its measurements for monitoring."""

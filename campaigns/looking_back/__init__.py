"""Shadow runs of past campaigns, and retention of their decisions."""

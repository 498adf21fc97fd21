"""How to reach: the port, and one module per channel."""

"""Rights of citizens over their own data, and its retention."""

"""Print runs, from carrier order and hand-over to pull lists, reprints and incidents."""

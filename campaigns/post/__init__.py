"""Print runs: carrier order, hand-over to the print shop, pull lists, reprints and incidents."""

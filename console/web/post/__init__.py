"""Pages of print runs: the print shop's entrance, and what a manager does about a run."""

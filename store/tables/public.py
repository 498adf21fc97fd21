"""The public pages: visitors' tries, and helpers who call for somebody else."""

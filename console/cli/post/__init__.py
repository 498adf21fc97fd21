"""Commands of `kaartje post`: print runs and what the print shop answers."""

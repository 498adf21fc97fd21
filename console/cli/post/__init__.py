"""Commands for print runs and the answers of the print shop."""

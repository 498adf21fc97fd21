"""What the print shop says back: read strictly, held against what was handed over, piece by piece."""

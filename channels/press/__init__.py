"""A streaming writer of print-ready PDF files, and the readers that check them."""

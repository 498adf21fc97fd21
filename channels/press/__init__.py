"""The press, with a streaming writer of print-ready PDF files and readers that check them."""

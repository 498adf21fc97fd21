"""The words: sandboxed templates and the card's layouts."""

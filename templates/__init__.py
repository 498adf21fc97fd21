"""Templates of cards, texts and calls in plain Dutch and English, with lists of forbidden words."""

"""The words: templates in plain Dutch and English, and what may not be read from outside."""

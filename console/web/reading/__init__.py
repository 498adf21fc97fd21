"""What the pages show, read from the store in a few statements each."""

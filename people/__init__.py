"""People, with parsing of their addresses, numbers and names, and imports from files."""

"""People who were erased, as a new file or a restored backup shows them again."""

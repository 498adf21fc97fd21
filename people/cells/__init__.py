"""Reading of single cells of a source, of what stands for nothing and of what spreadsheets changed."""

"""Routes of the pages, one module a subject."""

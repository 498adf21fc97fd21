"""The console: the pages that colleagues see after signing in."""

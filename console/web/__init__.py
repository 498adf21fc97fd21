"""Web pages of the console, for colleagues who sign in and for citizens."""

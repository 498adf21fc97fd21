"""User interfaces, that is the command line, the web pages and the HTTP API."""

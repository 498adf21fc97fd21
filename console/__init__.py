"""What people see and press: the command line, the pages, the API."""

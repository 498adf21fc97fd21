"""HTTP API of the desk for other systems, below `/api/v1`."""

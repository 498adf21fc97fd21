"""The API of the desk: what other systems may ask and do, below `/api/v1`."""

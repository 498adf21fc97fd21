"""Migrations of the schema, of which `HEAD` is the newest revision."""

HEAD = "0053"

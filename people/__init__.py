"""Whom, and where: parsed addresses and numbers, imports."""

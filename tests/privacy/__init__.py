"""Tests of access, correction, erasure and retention."""

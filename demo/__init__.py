"""The demo: the contact cards of 2023, replayed on an invented population with simulated replies."""

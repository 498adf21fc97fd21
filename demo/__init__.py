"""The demo, which replays the cards of 2023 on an invented population with simulated replies."""

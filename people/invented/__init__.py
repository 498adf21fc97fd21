"""An invented population for demos, tests and benchmarks."""

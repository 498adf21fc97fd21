"""The voice of the phone line: by which name an agent's browser is called, and the pass it shows to be reachable."""

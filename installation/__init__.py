"""An installation of Kaartje, with its settings, accounts, keys and shared services."""

"""One running Kaartje: its settings, its accounts and tokens, and the value that holds store, channels and clock."""

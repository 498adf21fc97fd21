"""The road of the schema. `HEAD` is the newest revision; a test compares it with the files in `versions`."""

HEAD = "0013"

"""The desk of the phone line, where agents talk with citizens."""

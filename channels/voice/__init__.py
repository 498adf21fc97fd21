"""The voice channel, with the port of a telephone provider and the TwiML of its calls."""

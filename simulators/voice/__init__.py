"""A stand-in for Twilio Voice, over real HTTP, with callers and agents who are none either."""

"""A simulated Twilio Voice over real HTTP, with simulated callers and agents."""

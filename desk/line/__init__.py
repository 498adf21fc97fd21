"""The phone line itself: incoming calls, connecting, click to call, line tests, leaving the queue."""

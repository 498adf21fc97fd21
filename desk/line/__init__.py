"""The phone line, with incoming calls, connecting, click to call and line tests."""

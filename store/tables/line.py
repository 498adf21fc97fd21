"""The free phone line itself: telephone connections, where agents are reached, who dialled the number."""

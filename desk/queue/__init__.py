"""The queue: ordering, taking the next entry, telephone connections, appointment slots."""

"""The queue, with its order, taking of entries, telephone connections and appointment slots."""

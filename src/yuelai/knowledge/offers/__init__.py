"""The next best offer: at most one thing in a contact, at the right moment, and what came of it."""

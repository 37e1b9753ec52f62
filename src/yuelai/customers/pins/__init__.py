"""The customer's own PIN, by which self-service knows that it is they who call."""

"""One-time codes: sent to a customer's own telephone, by which self-service knows that it is they who call."""

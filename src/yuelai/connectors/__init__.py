"""Business systems around the centre: HTTP clients with time-out, bounded answers, cache and circuit breaker."""

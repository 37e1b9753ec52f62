"""Flows tried out by whoever draws them: the real engine in a time of its own, with nobody called and nothing paid."""

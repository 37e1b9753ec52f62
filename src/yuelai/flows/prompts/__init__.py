"""Prompts over HTTP: what can be said, in whose words and voice, and which flows and queues say it."""

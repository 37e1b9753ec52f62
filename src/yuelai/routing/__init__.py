"""Who serves whom. Owns queues and agent sessions; a pure engine plus the driver that feeds it."""

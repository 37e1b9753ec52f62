"""The ground every room stands on: configuration, database, journal, outbox, processes, logs. Knows no business."""

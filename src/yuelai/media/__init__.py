"""Sound: the MediaEngine port and the embedded engine, which lives in a process of its own."""

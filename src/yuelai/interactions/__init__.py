"""One contact on any channel: life cycle, segments, service trail, wrap-up. The record every channel writes to."""

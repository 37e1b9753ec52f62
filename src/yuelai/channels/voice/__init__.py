"""The voice channel: one actor a call, from the trunk's INVITE to the last wrap-up second."""

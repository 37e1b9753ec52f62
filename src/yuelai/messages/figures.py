"""What Prometheus is told of messages."""

from __future__ import annotations

from prometheus_client import Counter

STATES = Counter("yuelai_messages", "Messages that came into this state", ["channel", "state"])
RECEIPTS = Counter("yuelai_messages_receipts", "Receipts of providers, by whether their message is known", ["known"])
DUPLICATES = Counter("yuelai_messages_possible_duplicates", "Parts sent again that may have been taken before")
THROTTLED = Counter("yuelai_messages_throttled", "Parts that the provider would not take because we were too fast")

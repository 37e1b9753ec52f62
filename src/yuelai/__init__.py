"""Yuelai 悦来: a customer service centre platform. `docs/architecture.md` is the map of the rooms below."""

__version__ = "0.1.0"

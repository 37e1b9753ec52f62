"""What phones want to be told beside calls: lamps of colleagues (RFC 4235), presence (RFC 3856), waiting messages
(RFC 3842), and short messages from each other (RFC 3428)."""

from yuelai.telephony.subscriptions.service import Subscriptions

__all__ = ["Subscriptions"]

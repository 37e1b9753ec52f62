"""Sockets of SIP: UDP, TCP and TLS in IPv4 and IPv6, and flows of browsers, behind one door."""

from yuelai.telephony.transport.connection import Limits
from yuelai.telephony.transport.door import Guard, Receiver, Tap, Transports
from yuelai.telephony.transport.failures import Failure
from yuelai.telephony.transport.tls import TrunkTls

__all__ = ["Failure", "Guard", "Limits", "Receiver", "Tap", "Transports", "TrunkTls"]

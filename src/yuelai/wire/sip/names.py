"""Names of header fields: compact forms, and how they are spelled (RFC 3261 §7.3, IANA registry of header fields)."""

from __future__ import annotations

from yuelai.wire.errors import PeerError
from yuelai.wire.sip.text import is_token

COMPACT = {
    "a": "accept-contact", "b": "referred-by", "c": "content-type", "d": "request-disposition",
    "e": "content-encoding", "f": "from", "i": "call-id", "j": "reject-contact", "k": "supported",
    "l": "content-length", "m": "contact", "n": "identity-info", "o": "event", "r": "refer-to", "s": "subject",
    "t": "to", "u": "allow-events", "v": "via", "x": "session-expires", "y": "identity",
}  # fmt: skip
_IRREGULAR = {
    "call-id": "Call-ID",
    "cseq": "CSeq",
    "mime-version": "MIME-Version",
    "min-se": "Min-SE",
    "p-access-network-info": "P-Access-Network-Info",
    "rack": "RAck",
    "rseq": "RSeq",
    "sip-etag": "SIP-ETag",
    "sip-if-match": "SIP-If-Match",
    "user-to-user": "User-to-User",
    "www-authenticate": "WWW-Authenticate",
}
_COMMON = (
    "Accept", "Allow", "Allow-Events", "Authorization", "CSeq", "Call-ID", "Contact", "Content-Disposition",
    "Content-Length", "Content-Type", "Date", "Diversion", "Event", "Expires", "From", "History-Info", "Max-Forwards",
    "Min-Expires", "Min-SE", "P-Asserted-Identity", "Privacy", "Proxy-Authenticate", "Proxy-Authorization", "RAck",
    "RSeq", "Reason", "Record-Route", "Refer-To", "Referred-By", "Replaces", "Require", "Retry-After", "Route",
    "Server", "Session-Expires", "Subscription-State", "Supported", "To", "Unsupported", "User-Agent", "User-to-User",
    "Via", "WWW-Authenticate", "Warning",
)  # fmt: skip

METHODS = frozenset(
    ("INVITE", "ACK", "BYE", "CANCEL", "REGISTER", "OPTIONS", "INFO", "PRACK", "UPDATE", "SUBSCRIBE", "NOTIFY",
     "PUBLISH", "MESSAGE", "REFER")
)  # fmt: skip
"""Methods that are registered (IANA registry of SIP methods); others exist nowhere."""

MOST_REMEMBERED = 2_000
"""Spellings of names kept; strangers may invent others without end."""

KNOWN: dict[str, str] = {}
"""What `canonical` has found, for whoever reads many names."""
_pretty: dict[str, str] = {}


def canonical(name: str) -> str:
    """Return the lower-case long name of what stands before the colon. Raises PeerError when that is no name."""
    found = KNOWN.get(name)
    if found is None:
        found = name.rstrip(" \t").lower()
        if not is_token(found):
            raise PeerError("malformed header field")
        found = COMPACT.get(found, found)
        if len(KNOWN) < MOST_REMEMBERED and len(name) < 40:
            KNOWN[name] = found
    return found


def pretty(name: str) -> str:
    """Return a lower-case long name as it is spelled on the wire."""
    found = _pretty.get(name)
    if found is None:
        found = _IRREGULAR.get(name) or "-".join(word.capitalize() for word in name.split("-"))
        if len(_pretty) < MOST_REMEMBERED and len(name) < 40:
            _pretty[name] = found
    return found


for _name in (*_COMMON, *COMPACT, *(name.lower() for name in _COMMON)):
    pretty(canonical(_name))

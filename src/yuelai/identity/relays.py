"""TURN servers that a browser may send its sound through, with a password of a day.

The servers know the secret we share with them, not our people: user name and password say for themselves until when and
for whom they are (`draft-uberti-behave-turn-rest-00`; coturn: `use-auth-secret`, `static-auth-secret`).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

LIFETIME = timedelta(days=1)

_STUN = ("stun:", "stuns:")
_TURN = ("turn:", "turns:")


@dataclass(frozen=True)
class IceServer:
    """As `RTCPeerConnection` takes it; user name and credential are None for STUN."""

    urls: list[str]
    username: str | None = None
    credential: str | None = None


def password(secret: str, username: str) -> str:
    """Return the password that belongs to a user name `EXPIRY:ID`; EXPIRY is in seconds since 1970."""
    digest = hmac.new(secret.encode(), username.encode(), hashlib.sha1).digest()
    return base64.b64encode(digest).decode()


def ice_servers(urls: str, secret: str | None, person: UUID, now: datetime) -> tuple[list[IceServer], datetime]:
    """Return the servers of the comma separated list, and until when what is said of them holds.

    A TURN server without a secret is left out, and so is what is no address of a server: a browser would refuse to
    telephone at all.
    """
    given = [url.strip() for url in urls.split(",")]
    stun = [url for url in given if url.lower().startswith(_STUN)]
    turn = [url for url in given if url.lower().startswith(_TURN)]
    expires_at = (now + LIFETIME).replace(microsecond=0)
    servers = [IceServer(stun)] if stun else []
    if turn and secret:
        username = f"{int(expires_at.timestamp())}:{person}"
        servers.append(IceServer(turn, username, password(secret, username)))
    return servers, expires_at

"""Descriptions of the caller's sound: G.711 in both laws and telephone events (RFC 3264, RFC 4733)."""

from __future__ import annotations

import secrets

from yuelai.entrypoints.caller.sound import Peer
from yuelai.wire.errors import PeerError
from yuelai.wire.g711 import Law
from yuelai.wire.sdp import Media, Session, parse_sdp

KEY_TYPE = 101


class Description:
    """One side of one call: every changed description counts its version up (RFC 3264 §8)."""

    def __init__(self, host: str, port: int) -> None:
        self._host, self._port = host, port
        self._id, self._version = str(secrets.randbits(31)), 0
        self._last = ""

    def offer(self, direction: str = "sendrecv") -> str:
        return self._write([(int(law), law.name) for law in Law], KEY_TYPE, direction)

    def answer(self, offer: str) -> tuple[str, Peer]:
        """Return our answer with the first law they prefer, and what it settles. Raises PeerError."""
        peer = settle(offer)
        theirs = parse_sdp(offer)
        direction = theirs.direction(theirs.audio)
        mirrored = {"sendonly": "recvonly", "recvonly": "sendonly"}.get(direction, direction)
        return self._write([(int(peer.law), peer.law.name)], peer.key_type, mirrored), peer

    def _write(self, laws: list[tuple[int, str]], key_type: int | None, direction: str) -> str:
        media = Media(port=self._port, formats=[str(number) for number, _ in laws])
        for number, name in laws:
            media.add("rtpmap", f"{number} {name}/8000")
        if key_type is not None:
            media.formats.append(str(key_type))
            media.add("rtpmap", f"{key_type} telephone-event/8000")
            media.add("fmtp", f"{key_type} 0-15")
        media.add("ptime", "20")
        media.add(direction)
        session = Session(
            username="caller", session_id=self._id, origin_address=self._host, connection=self._host, media=[media]
        )
        session.version = self._version
        if str(session) != self._last:
            self._version += 1
            session.version = self._version
            self._last = str(session)
        return self._last


def settle(description: str) -> Peer:
    """Return where and how their description wants our sound. Raises PeerError: no audio, no common codec."""
    session = parse_sdp(description)
    audio = session.audio
    laws = [codec.payload_type for codec in audio.codecs if codec.payload_type in (Law.PCMU, Law.PCMA)]
    if not laws:
        raise PeerError("neither PCMU nor PCMA is offered")
    keys = next((codec.payload_type for codec in audio.codecs if codec.is_("telephone-event")), None)
    hears = session.direction(audio) in ("sendrecv", "recvonly")
    return Peer((session.address(audio), audio.port), Law(laws[0]), keys, send=hears)

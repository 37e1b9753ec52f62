"""Our credentials at somebody else's server (RFC 3261 §22, RFC 7616, RFC 8760): whom we answer, and how often."""

from __future__ import annotations

from yuelai.telephony.ports import Digest
from yuelai.wire.sip import PeerError, Request, Response
from yuelai.wire.sip.digest import Algorithm, answer, parse_auth

MOST_ANSWERS = 3
"""Times one request is sent again with credentials: once for each proxy on the way, and for a nonce grown stale."""
STRENGTH = {Algorithm.SHA256.lower(): 2, Algorithm.MD5.lower(): 1}
"""RFC 8760 §2.4: the best that we know of those that are offered."""
FIELDS = {401: ("www-authenticate", "authorization"), 407: ("proxy-authenticate", "proxy-authorization")}


class _Held:
    """One realm's challenge; `count` is how often its nonce was used (RFC 7616 §3.4, nc)."""

    __slots__ = ("challenge", "count")

    def __init__(self, challenge: str) -> None:
        self.challenge, self.count = challenge, 0


class ClientAuth:
    """What servers want of us in one dialog or for one registration. Requests after the first are signed at once."""

    __slots__ = ("_digest", "_held", "of_invite")

    def __init__(self, digest: Digest) -> None:
        self._digest = digest
        self._held: dict[tuple[str, str], _Held] = {}
        self.of_invite: list[tuple[str, str]] = []
        """The credentials of the last INVITE, which its ACK repeats (§22.1)."""

    def learn(self, response: Response) -> bool:
        """Take in the challenges of a 401 or 407. False when there is no sense in asking again: nothing that we can
        answer, or a fresh answer of ours was refused."""
        names = FIELDS.get(response.status)
        if names is None:
            return False
        best: dict[str, tuple[int, str, bool]] = {}
        for challenge in response.raw(names[0]):
            try:
                params = parse_auth(challenge)
            except PeerError:
                continue
            strength = STRENGTH.get(params.get("algorithm", "MD5").lower(), 0)
            qops = params.get("qop")
            if not strength or (qops is not None and "auth" not in qops.lower().replace(" ", "").split(",")):
                continue
            realm = params.get("realm", "")
            if realm not in best or strength > best[realm][0]:
                best[realm] = strength, challenge, params.get("stale", "").lower() == "true"
        news = False
        for realm, (_, challenge, stale) in best.items():
            held = self._held.get((names[1], realm))
            if held is None or stale or held.count > 1:
                self._held[names[1], realm] = _Held(challenge)
                news = True
        return news

    def sign(self, request: Request) -> None:
        """Put credentials in for every challenge known, in place of what was there. Raises PeerError."""
        request.remove("authorization")
        request.remove("proxy-authorization")
        signed: list[tuple[str, str]] = []
        for (name, _), held in self._held.items():
            held.count += 1
            value = answer(
                held.challenge,
                request.method,
                request.target,
                self._digest.username,
                self._digest.password,
                nc=held.count,
            )
            signed.append((name, value))
        for name, value in signed:
            request.add(name, value)
        if request.method == "INVITE":
            self.of_invite = signed

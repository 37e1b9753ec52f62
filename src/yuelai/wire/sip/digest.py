"""Digest access authentication (RFC 7616, for SIP RFC 8760): MD5 and SHA-256, qop=auth or none."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import unquote_to_bytes

from yuelai.wire.errors import PeerError
from yuelai.wire.sip.text import is_token, quote, split_outside, unquote

_COUNT = re.compile(r"[0-9a-fA-F]{1,8}\Z")


class Algorithm(StrEnum):
    MD5 = "MD5"
    SHA256 = "SHA-256"


def digest(algorithm: Algorithm, text: str) -> str:
    """Return the hash in lower-case hexadecimal."""
    data = text.encode("utf-8", "surrogateescape")
    if algorithm is Algorithm.MD5:
        # MD5 is what browsers' SIP stacks and most phones can do (RFC 8760 §2.6 keeps it for them).
        return hashlib.md5(data, usedforsecurity=False).hexdigest()
    return hashlib.sha256(data).hexdigest()


def ha1(algorithm: Algorithm, username: str, realm: str, password: str) -> str:
    """Return H(username:realm:password) (RFC 7616 §3.4.2), the only form in which a SIP secret is kept."""
    return digest(algorithm, f"{username}:{realm}:{password}")


def parse_auth(value: str) -> dict[str, str]:
    """Return the parameters of a challenge or of credentials, names in lower case. Raises PeerError."""
    scheme, *parameters = value.split(None, 1) or [""]
    if scheme.lower() != "digest":
        raise PeerError("authentication is not Digest")
    rest = parameters[0] if parameters else ""
    params: dict[str, str] = {}
    for part in split_outside(rest, ","):
        if not part:
            continue
        name, equals, text = part.partition("=")
        name = name.strip().lower()
        if not equals or not is_token(name) or name in params:
            raise PeerError("malformed authentication parameter")
        params[name] = unquote(text.strip())
    return params


def _extended(text: str) -> str:
    """Return a name with letters beyond ASCII, which `username*` carries (RFC 7616 §3.4, RFC 8187 §3.2.1)."""
    charset, _, rest = text.partition("'")
    _, mark, encoded = rest.partition("'")
    if charset.upper() != "UTF-8" or not mark:
        raise PeerError("a user name that is not in UTF-8")
    try:
        return unquote_to_bytes(encoded).decode("utf-8")
    except UnicodeError:
        raise PeerError("a user name that is not in UTF-8") from None


@dataclass(frozen=True, slots=True)
class Credentials:
    """What an Authorization field says; `nc` and `cnonce` are None without qop (RFC 2069 style)."""

    username: str
    realm: str
    nonce: str
    uri: str
    response: str
    algorithm: Algorithm
    qop: str | None
    cnonce: str | None
    nc: str | None


def parse_credentials(value: str) -> Credentials:
    """Raises PeerError; also for what we do not offer: other algorithms, auth-int, hashed user names."""
    params = parse_auth(value)
    if params.get("userhash", "false").lower() != "false":
        raise PeerError("hashed user names are not offered")
    if "username*" in params:
        if "username" in params:
            raise PeerError("two user names")
        params["username"] = _extended(params["username*"])
    try:
        algorithm = next(a for a in Algorithm if a.lower() == params.get("algorithm", "MD5").lower())
        qop = params.get("qop")
        if qop is not None and qop.lower() != "auth":
            raise PeerError("only qop=auth is offered")
        if qop is not None and not _COUNT.match(params["nc"]):
            raise PeerError("a nonce count that is none")
        return Credentials(
            params["username"], params["realm"], params["nonce"], params["uri"], params["response"], algorithm, qop,
            params["cnonce"] if qop else None, params["nc"] if qop else None,
        )  # fmt: skip
    except StopIteration:
        raise PeerError("an algorithm that was not offered") from None
    except KeyError as missing:
        raise PeerError(f"authentication without {missing.args[0]}") from None


def expected_response(credentials: Credentials, ha1_hex: str, method: str) -> str:
    """Return what the response parameter must be (RFC 7616 §3.4.1)."""
    c = credentials
    ha2 = digest(c.algorithm, f"{method}:{c.uri}")
    middle = f"{c.nonce}:{c.nc}:{c.cnonce}:{c.qop}" if c.qop else c.nonce
    return digest(c.algorithm, f"{ha1_hex}:{middle}:{ha2}")


def verify(credentials: Credentials, ha1_hex: str, method: str) -> bool:
    """Compare in constant time."""
    wanted = expected_response(credentials, ha1_hex, method).encode()
    return hmac.compare_digest(wanted, credentials.response.lower().encode("utf-8", "surrogateescape"))


def challenge(realm: str, nonce: str, algorithm: Algorithm, *, stale: bool = False) -> str:
    """Return a WWW-Authenticate or Proxy-Authenticate value."""
    extra = ", stale=true" if stale else ""
    return f'Digest realm={quote(realm)}, nonce={quote(nonce)}, algorithm={algorithm}, qop="auth"{extra}'


def answer(
    challenge_: str,
    method: str,
    uri: str,
    username: str,
    password: str,
    *,
    nc: int = 1,
    random: Callable[[], str] = lambda: secrets.token_hex(8),
) -> str:
    """Return the Authorization value that answers a challenge (the calling side).

    Raises PeerError for a challenge that is incomplete, or that asks for what we cannot do (auth-int alone).
    """
    params = parse_auth(challenge_)
    if "realm" not in params or "nonce" not in params:
        raise PeerError("a challenge without realm or nonce")
    realm, nonce = params["realm"], params["nonce"]
    algorithm = next((a for a in Algorithm if a.lower() == params.get("algorithm", "MD5").lower()), None)
    if algorithm is None:
        raise PeerError("an algorithm we do not know")
    offered = [option.strip().lower() for option in params.get("qop", "").split(",")]
    qop = "auth" if "auth" in offered else None
    if qop is None and "qop" in params:
        raise PeerError("a quality of protection that we do not know")
    count, cnonce = (f"{nc:08x}", random()) if qop else (None, None)
    unsigned = Credentials(username, realm, nonce, uri, "", algorithm, qop, cnonce, count)
    response = expected_response(unsigned, ha1(algorithm, username, realm, password), method)
    parts = [
        f"username={quote(username)}", f"realm={quote(realm)}", f"nonce={quote(nonce)}", f"uri={quote(uri)}",
        f'response="{response}"', f"algorithm={algorithm}",
    ]  # fmt: skip
    if qop:
        parts += [f'cnonce="{cnonce}"', f"qop={qop}", f"nc={count}"]
    if "opaque" in params:
        parts.append(f"opaque={quote(params['opaque'])}")
    return "Digest " + ", ".join(parts)

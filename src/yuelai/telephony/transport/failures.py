"""Why a peer could not be reached, in one clear line and with a code that screens translate."""

from __future__ import annotations

import errno
import ssl
from dataclasses import dataclass

from yuelai.platform.certificates import CertificateUnreadable
from yuelai.telephony.hops import Hop, StreamHop


@dataclass(frozen=True, slots=True)
class Failure:
    """`code` is stable; `text` is for logs and says which peer, never what was sent."""

    code: str
    """refused, timeout, unreachable, closed, not_resolved, tls, certificate_expired, certificate_not_yet_valid,
    certificate_wrong_name, certificate_unknown_authority, certificate_invalid or client_certificate."""
    text: str

    def __str__(self) -> str:
        return self.text


class WrongName(Exception):
    """The peer's certificate is somebody else's; the message names whose."""


def place(hop: Hop) -> str:
    if isinstance(hop, StreamHop) and hop.name:
        return f"{hop.name} ({hop.host}:{hop.port}, {hop.transport})"
    return str(hop)


# X509_V_ERR_… of OpenSSL (x509_vfy.h).
_CERTIFICATE = {
    9: ("certificate_not_yet_valid", "the certificate of {} is not valid yet"),
    10: ("certificate_expired", "the certificate of {} has expired"),
    18: (
        "certificate_unknown_authority",
        "the certificate of {} is signed by itself, and nobody we know vouches for it",
    ),
    19: ("certificate_unknown_authority", "the certificate of {} comes from an authority that we do not know"),
    20: ("certificate_unknown_authority", "the certificate of {} comes from an authority that we do not know"),
    21: ("certificate_unknown_authority", "the certificate of {} comes from an authority that we do not know"),
}
_NO_WAY = {errno.EHOSTUNREACH, errno.ENETUNREACH, errno.EHOSTDOWN, errno.ENETDOWN, errno.EADDRNOTAVAIL}


def explain(error: BaseException, hop: Hop) -> Failure:
    """Return what an exception of a connection to `hop` means."""
    peer = place(hop)
    if isinstance(error, WrongName):
        return Failure("certificate_wrong_name", f"the certificate of {peer} is for {error}")
    if isinstance(error, ssl.SSLCertVerificationError):
        code, text = _CERTIFICATE.get(
            error.verify_code,
            ("certificate_invalid", f"the certificate of {{}} cannot be accepted: {error.verify_message}"),
        )
        return Failure(code, text.format(peer))
    if isinstance(error, ssl.SSLError):
        return _tls(error, peer)
    if isinstance(error, CertificateUnreadable):
        return Failure("tls", f"no TLS to {peer}: {error}")
    if isinstance(error, ConnectionRefusedError):
        return Failure("refused", f"{peer} refuses the connection: nothing listens there")
    if isinstance(error, TimeoutError):
        return Failure("timeout", f"{peer} does not answer")
    if isinstance(error, OSError) and error.errno in _NO_WAY:
        return Failure("unreachable", f"there is no way to {peer} ({error.strerror})")
    return Failure("closed", f"{peer} closed the connection")


def without_a_word(hop: Hop) -> Failure:
    """What it means when a peer takes a request and closes. By TLS 1.3 that is how some turn a stranger away."""
    hint = "; it may want a certificate of ours" if hop.transport == "TLS" else ""
    return Failure("closed", f"{place(hop)} closed the connection without a word{hint}")


def _tls(error: ssl.SSLError, peer: str) -> Failure:
    reason = (error.reason or "").upper()
    if "CERTIFICATE" in reason or "UNKNOWN_CA" in reason:  # alerts of the other side, which looked at ours
        return Failure("client_certificate", f"{peer} wants a certificate of ours that it can trust")
    words = reason.lower().replace("_", " ") or "the handshake broke off"
    return Failure("tls", f"no TLS can be agreed on with {peer}: {words}")

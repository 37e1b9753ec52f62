"""Second factors: one-time passwords by time (TOTP, RFC 6238) and codes for the day the telephone is lost."""

from __future__ import annotations

import base64
import hashlib
import os
from datetime import datetime

import pyotp
from pyotp.utils import strings_equal

ISSUER = "Yuelai"
RECOVERY_CODES = 10
_STEP = 30
_DRIFT = 1
"""Steps before and after now whose codes are taken as well (RFC 6238 §5.2)."""


def new_secret() -> str:
    """Return 160 random bits in base32 (RFC 4226 §4 asks for at least 128)."""
    return pyotp.random_base32(32)


def uri(secret: str, username: str) -> str:
    """Return the `otpauth:` address that authenticator apps read from a QR code."""
    return pyotp.TOTP(secret).provisioning_uri(name=username, issuer_name=ISSUER)


def step_of(secret: str, code: str, now: datetime) -> int | None:
    """Return the time step whose code this is, else None. Whoever asks refuses steps taken before (RFC 6238 §5.2)."""
    present = int(now.timestamp()) // _STEP
    hotp = pyotp.HOTP(secret)
    found = None
    for step in range(present - _DRIFT, present + _DRIFT + 1):
        if strings_equal(hotp.at(step), code):
            found = step
    return found


def new_recovery_codes() -> list[str]:
    """Return codes of 80 random bits, e.g. `k3zq-77ab-x2mc-p4tn`: too many to be guessed even from a hash."""
    texts = [base64.b32encode(os.urandom(10)).decode().lower() for _ in range(RECOVERY_CODES)]
    return ["-".join(text[at : at + 4] for at in range(0, 16, 4)) for text in texts]


def recovery_hash(code: str) -> bytes:
    """Return what is kept of a recovery code, however it was typed."""
    plain = "".join(code.split()).replace("-", "").lower()
    return hashlib.sha256(b"yuelai recovery code " + plain.encode()).digest()


def is_recovery_code(code: str) -> bool:
    return len("".join(code.split()).replace("-", "")) == 16

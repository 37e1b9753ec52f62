"""Sign-in passwords: argon2id (RFC 9106), verified off the event loop and never more than two at once."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

_hasher = PasswordHasher()
# Each verification takes 64 MiB and one core for some 50 ms: more at once would only make calls stutter.
_pool = ThreadPoolExecutor(max_workers=2, thread_name_prefix="argon2")


def hash_now(password: str) -> str:
    """Return the encoded hash. Blocks for some 50 ms."""
    return _hasher.hash(password)


@cache
def _nobody() -> str:
    return hash_now("nobody's password")


def _verify(encoded: str | None, password: str) -> bool:
    # An unknown user costs the same time as a known one, so that names cannot be told apart.
    try:
        _hasher.verify(encoded or _nobody(), password)
    except (VerificationError, InvalidHashError):
        return False
    return encoded is not None


async def hash_password(password: str) -> str:
    return await asyncio.get_running_loop().run_in_executor(_pool, hash_now, password)


async def verify(encoded: str | None, password: str) -> bool:
    """Tell whether the password is right; with no hash (unknown user) false, after the same work."""
    return await asyncio.get_running_loop().run_in_executor(_pool, _verify, encoded, password)

"""Secrets sealed under the master key."""

import base64
import os
from pathlib import Path

import pytest

from yuelai.platform.config import Settings
from yuelai.platform.key_file import BadKeyFile, FixedKeys
from yuelai.platform.secrets import CannotOpen, Secrets


def test_what_was_sealed_opens_for_the_same_purpose_and_row_only() -> None:
    secrets = Secrets(FixedKeys({1: os.urandom(32)}))
    sealed = secrets.seal("totp", b"row 1", b"secret")
    assert b"secret" not in sealed
    assert secrets.seal("totp", b"row 1", b"secret") != sealed
    assert secrets.open("totp", b"row 1", sealed) == b"secret"
    for purpose, row in (("other", b"row 1"), ("totp", b"row 2")):
        with pytest.raises(CannotOpen):
            secrets.open(purpose, row, sealed)
    for broken in (b"", sealed[:-1], sealed[:20], bytes([*sealed[:-1], sealed[-1] ^ 1]), b"\0\0\0\2" + sealed[4:]):
        with pytest.raises(CannotOpen):
            secrets.open("totp", b"row 1", broken)


def test_the_highest_version_seals_and_older_ones_still_open() -> None:
    first, second = os.urandom(32), os.urandom(32)
    sealed = Secrets(FixedKeys({1: first})).seal("totp", b"row", b"secret")
    both = Secrets(FixedKeys({1: first, 2: second}))
    assert both.open("totp", b"row", sealed) == b"secret"
    newer = both.seal("totp", b"row", b"secret")
    assert Secrets(FixedKeys({2: second})).open("totp", b"row", newer) == b"secret"
    with pytest.raises(CannotOpen):
        Secrets(FixedKeys({2: second})).open("totp", b"row", sealed)


def test_the_key_is_made_once_and_read_by_nobody_else(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    sealed = Secrets.load(settings).seal("totp", b"row", b"secret")
    assert Secrets.load(settings).open("totp", b"row", sealed) == b"secret"
    key = tmp_path / "keys" / "master.key"
    assert key.stat().st_mode & 0o777 == 0o600
    key.chmod(0o644)
    with pytest.raises(BadKeyFile, match="others"):
        Secrets.load(settings)


@pytest.mark.parametrize("text", ["", "1 short", "one " + base64.b64encode(bytes(32)).decode(), "\xff"])
def test_a_key_file_that_cannot_be_used_is_refused(tmp_path: Path, text: str) -> None:
    key = tmp_path / "key"
    key.write_bytes(text.encode("latin-1"))
    key.chmod(0o600)
    with pytest.raises(BadKeyFile):
        Secrets.load(Settings(home=tmp_path, master_key_file=key))
    with pytest.raises(BadKeyFile):
        Secrets.load(Settings(home=tmp_path, master_key_file=tmp_path / "absent"))

from __future__ import annotations

import base64
import stat
from pathlib import Path
from uuid import uuid4

import pytest

from yuelai.platform.config import Settings
from yuelai.recordings.errors import KeyMissing
from yuelai.recordings.keys import BadKeyFile, MasterKeys


def key_file(path: Path, text: str, mode: int = 0o600) -> Path:
    path.write_text(text)
    path.chmod(mode)
    return path


def line(version: int, byte: int) -> str:
    return f"{version} {base64.b64encode(bytes([byte]) * 32).decode()}\n"


def test_a_key_made_at_first_start_is_private_and_found_again(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    recording = uuid4()
    key = MasterKeys.load(settings, create=True).new(recording)
    path = tmp_path / "keys" / "master.key"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [file.name for file in path.parent.iterdir()] == ["master.key"]
    assert MasterKeys.load(settings, create=True).unwrap(recording, key.wrapped, key.version) == key.plain


def test_every_recording_has_a_key_of_its_own_that_is_stored_only_wrapped() -> None:
    keys = MasterKeys({1: bytes(32)})
    recording = uuid4()
    one, other = keys.new(recording), keys.new(recording)
    assert one.plain != other.plain
    assert one.plain not in one.wrapped
    assert "plain" not in repr(one)


def test_a_wrapped_key_opens_only_in_its_own_row_and_under_its_own_version() -> None:
    keys = MasterKeys({1: bytes(32), 2: bytes([1]) * 32})
    recording = uuid4()
    key = keys.new(recording)
    assert key.version == 2
    for id_, wrapped, version in ((uuid4(), key.wrapped, 2), (recording, key.wrapped, 1), (recording, b"", 2)):
        with pytest.raises(KeyMissing):
            keys.unwrap(id_, wrapped, version)
    with pytest.raises(KeyMissing):
        MasterKeys({3: bytes(32)}).unwrap(recording, key.wrapped, 2)


def test_after_turning_the_key_over_older_recordings_still_open(tmp_path: Path) -> None:
    path = key_file(tmp_path / "k", line(1, 7))
    settings = Settings(home=tmp_path, master_key_file=path)
    recording = uuid4()
    old = MasterKeys.load(settings).new(recording)
    key_file(path, line(1, 7) + line(2, 8))
    keys = MasterKeys.load(settings)
    assert keys.unwrap(recording, old.wrapped, 1) == old.plain
    assert keys.new(recording).version == 2


@pytest.mark.parametrize("text", ["", "1 short\n", "one " + base64.b64encode(bytes(32)).decode(), "1 !!!\n"])
def test_a_malformed_key_file_is_refused(tmp_path: Path, text: str) -> None:
    path = key_file(tmp_path / "k", text)
    with pytest.raises(BadKeyFile):
        MasterKeys.load(Settings(home=tmp_path, master_key_file=path), create=True)


def test_a_key_others_can_read_is_refused(tmp_path: Path) -> None:
    path = key_file(tmp_path / "k", line(1, 1), 0o640)
    with pytest.raises(BadKeyFile, match="0600"):
        MasterKeys.load(Settings(home=tmp_path, master_key_file=path))


def test_a_named_key_file_is_never_made_and_a_reader_makes_none(tmp_path: Path) -> None:
    with pytest.raises(BadKeyFile):
        MasterKeys.load(Settings(home=tmp_path, master_key_file=tmp_path / "none"), create=True)
    with pytest.raises(BadKeyFile):
        MasterKeys.load(Settings(home=tmp_path))
    assert list(tmp_path.iterdir()) == []

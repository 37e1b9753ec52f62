"""The keys of recordings, sealed under the master key."""

from __future__ import annotations

from uuid import uuid4

import pytest

from yuelai.platform.key_file import FixedKeys
from yuelai.platform.secrets import Secrets
from yuelai.recordings.errors import KeyMissing
from yuelai.recordings.keys import RecordingKeys


def keys(**versions: int) -> RecordingKeys:
    return RecordingKeys(Secrets(FixedKeys({int(name[1:]): bytes([byte]) * 32 for name, byte in versions.items()})))


def test_every_recording_has_a_key_of_its_own_that_is_stored_only_wrapped() -> None:
    recording = uuid4()
    one, other = keys(v1=0).new(recording), keys(v1=0).new(recording)
    assert one.plain != other.plain
    assert one.plain not in one.wrapped
    assert "plain" not in repr(one)


def test_a_wrapped_key_opens_only_in_its_own_row_and_under_its_own_version() -> None:
    both, recording = keys(v1=0, v2=1), uuid4()
    key = both.new(recording)
    assert key.version == 2
    assert both.unwrap(recording, key.wrapped) == key.plain
    for id_, wrapped in ((uuid4(), key.wrapped), (recording, b"\0\0\0\1" + key.wrapped[4:]), (recording, b"")):
        with pytest.raises(KeyMissing):
            both.unwrap(id_, wrapped)
    for others in (keys(v3=0), keys(v2=7)):
        with pytest.raises(KeyMissing):
            others.unwrap(recording, key.wrapped)


def test_after_turning_the_key_over_older_recordings_still_open() -> None:
    recording = uuid4()
    old, turned = keys(v1=7).new(recording), keys(v1=7, v2=8)
    assert turned.unwrap(recording, old.wrapped) == old.plain
    assert turned.new(recording).version == 2

"""Files of prompts: whole or not at all, in the backup, and gone when no version has them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from yuelai.platform.backup.making import LEFT_OUT
from yuelai.platform.ids import SAMPLE_TENANT, new_id
from yuelai.sounds import files, shipped
from yuelai.sounds.errors import NoRoom


def test_a_file_is_kept_for_its_tenant_alone_and_not_for_other_eyes(tmp_path: Path) -> None:
    file_id = files.write(tmp_path, SAMPLE_TENANT, b"OggS and so on")
    path = files.path(tmp_path, SAMPLE_TENANT, file_id)
    assert path.read_bytes() == b"OggS and so on"
    assert path.parent == tmp_path / "prompts" / str(SAMPLE_TENANT)
    assert path.stat().st_mode & 0o077 == 0
    assert [file.name for file in path.parent.iterdir()] == [path.name]


def test_a_full_disk_keeps_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "SPARED_BYTES", 2**60)
    with pytest.raises(NoRoom):
        files.write(tmp_path, SAMPLE_TENANT, b"OggS")
    assert [file for file in tmp_path.rglob("*") if file.is_file()] == []


def test_what_no_version_has_goes_after_an_hour(tmp_path: Path) -> None:
    kept, gone, new = (files.write(tmp_path, SAMPLE_TENANT, b"OggS") for _ in range(3))
    half = files.path(tmp_path, SAMPLE_TENANT, new_id()).with_suffix(".half")
    half.write_bytes(b"Og")
    for old in (files.path(tmp_path, SAMPLE_TENANT, kept), files.path(tmp_path, SAMPLE_TENANT, gone), half):
        os.utime(old, (1000, 1000))
    now = files.path(tmp_path, SAMPLE_TENANT, new).stat().st_mtime
    assert files.sweep(tmp_path, {(SAMPLE_TENANT, kept)}, now) == 2
    assert {file.stem for file in (tmp_path / "prompts").glob("*/*")} == {str(kept), str(new)}


def test_a_backup_holds_them() -> None:
    assert "prompts" not in LEFT_OUT


def test_shipped_prompts_tell_how_long_they_are() -> None:
    assert 1.0 < (shipped.seconds("goodbye", "zh-CN") or 0) < 5.0
    assert shipped.seconds("no_such_prompt", "zh-CN") is None
    assert shipped.length(b"no sound") == 0.0


def test_tones_music_and_pieces_keep_their_names() -> None:
    assert {"beep", "queue_music", "number_7", "yuan"} <= shipped.reserved()
    assert "greeting" not in shipped.reserved()

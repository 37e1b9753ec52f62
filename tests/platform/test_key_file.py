"""The master key's file: made, read, turned over under those who use it."""

from __future__ import annotations

import base64
import os
import signal
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from yuelai.platform.config import Settings
from yuelai.platform.key_file import BadKeyFile, KeyFile
from yuelai.platform.secrets import Secrets, version_of


def made(home: Path) -> KeyFile:
    return KeyFile.of(Settings(home=home), create=True)


def line(version: int, byte: int) -> str:
    return f"{version} {base64.b64encode(bytes([byte]) * 32).decode()}\n"


def test_a_key_made_at_first_start_is_private_and_found_again(tmp_path: Path) -> None:
    file = made(tmp_path)
    assert file.path == tmp_path / "keys" / "master.key"
    assert stat.S_IMODE(file.path.stat().st_mode) == 0o600
    assert [each.name for each in file.path.parent.iterdir()] == ["master.key"]
    assert list(file.keys()) == [1]
    assert made(tmp_path).keys() == file.keys()


def test_a_named_key_file_is_never_made_and_a_reader_makes_none(tmp_path: Path) -> None:
    with pytest.raises(BadKeyFile):
        KeyFile.of(Settings(home=tmp_path, master_key_file=tmp_path / "none"), create=True).keys()
    with pytest.raises(BadKeyFile):
        KeyFile.of(Settings(home=tmp_path)).keys()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "text", ["", "1 short\n", line(1, 1).replace("1", "one", 1), "1 !!!\n", line(0, 1), line(1, 1) + line(1, 2), "\xff"]
)
def test_a_malformed_key_file_is_refused_and_not_turned_over(tmp_path: Path, text: str) -> None:
    path = tmp_path / "key"
    path.write_bytes(text.encode("latin-1"))
    path.chmod(0o600)
    for use in (KeyFile(path).keys, KeyFile(path).add):
        with pytest.raises(BadKeyFile):
            use()
    assert path.read_bytes() == text.encode("latin-1")


def test_a_version_is_added_to_the_others_and_taken_up_by_whoever_has_the_file_open(tmp_path: Path) -> None:
    file, secrets = made(tmp_path), Secrets.load(Settings(home=tmp_path))
    first = dict(file.keys())
    old = secrets.seal("p", b"row", b"secret")
    assert KeyFile(file.path).add() == 2
    new = secrets.seal("p", b"row", b"secret")
    assert (version_of(old), version_of(new), secrets.current) == (1, 2, 2)
    assert secrets.open("p", b"row", old) == secrets.open("p", b"row", new) == b"secret"
    assert file.keys()[1] == first[1]
    assert stat.S_IMODE(file.path.stat().st_mode) == 0o600
    assert [each.name for each in file.path.parent.iterdir()] == ["master.key"]


def test_several_who_turn_the_key_over_at_once_lose_no_version(tmp_path: Path) -> None:
    path = made(tmp_path).path
    with ThreadPoolExecutor(8) as pool:
        added = list(pool.map(lambda _: KeyFile(path).add(), range(16)))
    assert sorted(added) == list(range(2, 18))
    assert list(KeyFile(path).keys()) == list(range(1, 18))


def test_only_versions_that_do_not_seal_are_removed(tmp_path: Path) -> None:
    file = made(tmp_path)
    with pytest.raises(ValueError, match="seals"):
        file.remove(1)
    file.add()
    with pytest.raises(KeyError):
        file.remove(3)
    file.remove(1)
    assert list(file.keys()) == [2]
    assert file.add() == 3


def test_killed_while_writing_leaves_the_file_as_it_was_and_the_next_one_succeeds(tmp_path: Path) -> None:
    file = made(tmp_path)
    before = file.path.read_text()
    dying = (
        "import os, signal, sys; from pathlib import Path; from yuelai.platform.key_file import KeyFile;"
        "os.fsync = lambda _: os.kill(os.getpid(), signal.SIGKILL); KeyFile(Path(sys.argv[1])).add()"
    )
    done = subprocess.run([sys.executable, "-c", dying, str(file.path)], check=False)
    assert done.returncode == -signal.SIGKILL
    assert file.path.read_text() == before
    assert len(list(file.path.parent.iterdir())) == 2, "the test did not die where it should have"
    assert file.add() == 2
    assert [each.name for each in file.path.parent.iterdir()] == ["master.key"]


def test_a_file_that_becomes_unreadable_leaves_what_was_read_in_use_until_it_is_mended(tmp_path: Path) -> None:
    file, secrets = made(tmp_path), Secrets.load(Settings(home=tmp_path))
    sealed = secrets.seal("p", b"row", b"secret")
    text = file.path.read_text()
    file.path.write_text("nonsense")
    assert secrets.open("p", b"row", sealed) == b"secret"
    file.path.unlink()
    assert version_of(secrets.seal("p", b"row", b"more")) == 1
    with pytest.raises(BadKeyFile):
        Secrets.load(Settings(home=tmp_path), create=False)
    file.path.write_text(text + line(2, 9))
    file.path.chmod(0o600)
    assert secrets.current == 2


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_root_leaves_the_file_to_whom_it_belongs(tmp_path: Path) -> None:
    file = made(tmp_path)
    os.chown(file.path, 65534, 65534)
    file.add()
    assert (file.path.stat().st_uid, stat.S_IMODE(file.path.stat().st_mode)) == (65534, 0o600)

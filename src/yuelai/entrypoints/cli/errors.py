"""How a command ends when something is wrong that its user can mend."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator

from pydantic import ValidationError

from yuelai.platform.config import Settings
from yuelai.platform.errors import Refusal
from yuelai.platform.key_file import BadKeyFile
from yuelai.platform.postgres import PostgresFailed
from yuelai.platform.supervisor import HomeBusy, StartFailed


@contextlib.contextmanager
def plainly() -> Iterator[None]:
    """Print a mendable error as one line on standard error and leave with code 1."""
    try:
        yield
    except (BadKeyFile, HomeBusy, StartFailed, PostgresFailed, Refusal) as error:
        print(f"yuelai: {error}", file=sys.stderr)
        raise SystemExit(1) from None


def load_settings() -> Settings:
    """Read the settings; say which one is wrong."""
    try:
        return Settings()
    except ValidationError as error:
        for problem in error.errors():
            name = "YUELAI_" + "_".join(str(part) for part in problem["loc"]).upper()
            print(f"yuelai: setting {name}: {problem['msg']}", file=sys.stderr)
        raise SystemExit(1) from None

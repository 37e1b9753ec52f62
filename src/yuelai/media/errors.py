"""How a media worker says no, over its socket."""

from __future__ import annotations

from typing import ClassVar

from yuelai.platform.errors import Refusal


class MediaRefused(Refusal):
    """The media engine cannot do it."""

    status = 409
    code = "media_refused"

    FULL: ClassVar[str] = "media_full"
    UNFIT: ClassVar[str] = "media_unfit"


class MediaIsFull(MediaRefused):
    """The media engine carries what it can."""

    status = 503
    code = MediaRefused.FULL


class MediaIsUnfit(MediaRefused):
    """The description holds nothing that can be agreed to."""

    status = 406
    code = MediaRefused.UNFIT

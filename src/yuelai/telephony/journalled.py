"""A leg's place in the journal of dialogs: written before the call stands, again when it changes, closed at its end."""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog

if TYPE_CHECKING:
    from yuelai.telephony.leg import SipLeg

log = structlog.get_logger()


class Journalled:
    __slots__ = ("_leg", "_written")

    def __init__(self, leg: SipLeg) -> None:
        self._leg, self._written = leg, False

    async def begin(self) -> bool:
        """Make the dialog safe. Returns False when the leg ended meanwhile (the entry is then closed again)."""
        leg, ua = self._leg, self._leg.ua
        try:
            await ua.journal.confirmed(ua.record(leg))
        except Exception:
            # Without a journal a crash would leave a ghost call: better no call.
            log.exception("dialog_not_journalled", leg=str(leg.id))
            leg.hang_up("system", 503, "journal away")
            return False
        if leg.id not in ua.legs:
            ua.journal_ended(leg.id)
            return False
        self._written = True
        return True

    def changed(self) -> None:
        """Write it again, without anybody waiting for it."""
        if self._written:
            self._leg.ua.spawn(self._again())

    async def _again(self) -> None:
        leg, ua = self._leg, self._leg.ua
        if leg.id not in ua.legs:
            return
        try:
            await ua.journal.confirmed(ua.record(leg))
        except Exception:
            log.exception("dialog_change_not_journalled", leg=str(leg.id))
        if leg.id not in ua.legs:
            ua.journal_ended(leg.id)  # the end may have been written before the change

    def end(self) -> None:
        if self._written:
            self._written = False
            self._leg.ua.journal_ended(self._leg.id)

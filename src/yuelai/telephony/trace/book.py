"""Makes calls out of messages: a line for each INVITE that would make a dialog, from its first message to its end."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol
from uuid import UUID

from yuelai.platform.ids import new_id
from yuelai.telephony.trace.glance import LONGEST, Glance, presentable

MOST_STANDING = 50_000
"""Calls followed at once; of further ones only the messages are kept."""
LOST_SECONDS = 24 * 3600.0
"""After which a call without an end counts as lost sight of."""
_AGAIN = (401, 407, 422, 491, 494)
"""An INVITE refused with these is usually sent once more, and then it is the same call (RFC 3261 §22)."""


class Party(Protocol):
    """What is known of the leg that a call is ours by; `ports.Leg` has it."""

    @property
    def id(self) -> UUID: ...

    @property
    def caller(self) -> str: ...

    @property
    def called(self) -> str: ...


@dataclass
class Line:
    """One call of the list. Instants are UTC; `status` is the INVITE's last one, 0 before there was any."""

    id: UUID
    call_id: str
    direction: str
    from_user: str
    to_user: str
    hop: str
    started_at: datetime
    agent: str = ""
    leg_id: UUID | None = None
    correlation: UUID | None = None
    trunk_id: UUID | None = None
    account: UUID | None = None
    ringing_at: datetime | None = None
    answered_at: datetime | None = None
    ended_at: datetime | None = None
    ended_by: str | None = None
    status: int = 0
    reason: str = ""
    branch: str = ""
    """Of the last INVITE; not kept."""


_Key = tuple[str, bool]
"""Call-ID, and whether we sent the INVITE: a call from us to ourselves is two."""


class CallBook:
    """Fed with glances and with what the user agent tells; `changed` gives the lines to be written."""

    def __init__(self) -> None:
        self._lines: dict[_Key, Line] = {}
        self._parties: dict[_Key, Party] = {}
        self._trunks: dict[_Key, UUID | None] = {}
        """By which trunk each INVITE goes: a leg may try several."""
        self._legs: dict[UUID, set[_Key]] = {}
        self._dirty: dict[UUID, Line] = {}
        self.missed = 0
        """Calls that were not followed because there were too many."""

    def __len__(self) -> int:
        return len(self._lines)

    def resume(self, lines: list[Line]) -> None:
        """Take over calls that stood when the last life ended."""
        for line in lines:
            self._lines[line.call_id, line.direction == "out"] = line

    def began(self, leg: Party, call_id: str, *, sent: bool, trunk: UUID | None = None) -> None:
        key = (call_id, sent)
        self._parties[key], self._trunks[key] = leg, trunk
        self._legs.setdefault(leg.id, set()).add(key)
        if (line := self._lines.get(key)) is not None:
            self._know(key, line, leg)

    def ended(self, leg: Party, status: int, reason: str, at: float) -> None:
        """The leg is over for us, whatever was said on the wire."""
        for key in self._legs.pop(leg.id, ()):
            self._parties.pop(key, None)
            line = self._lines.get(key)
            if line is not None:
                self._know(key, line, leg)
            self._trunks.pop(key, None)
            if line is None:
                continue
            if line.ended_at is None and line.answered_at is None:
                self._end(line, at, "system", status or line.status, reason)
            elif line.ended_at is None:
                self._end(line, at, "local", line.status, reason)

    def seen(self, message: Glance, hop: str, at: float, *, sent: bool) -> None:
        if message.method == "INVITE" and not message.to_tag:
            self._invite(message, hop, at, sent)
        elif message.method == "BYE":
            for direction in (True, False):
                line = self._lines.get((message.call_id, direction))
                if line is not None and line.ended_at is None and line.answered_at is not None:
                    self._end(line, at, "local" if sent else "remote", line.status, message.reason)
        elif message.status > 100 and message.about == "INVITE":
            # The answer to an INVITE goes the other way.
            line = self._lines.get((message.call_id, not sent))
            # What a leg said of its end gives way to what was said on the wire a moment later.
            if line is not None and line.answered_at is None and line.ended_by in (None, "system"):
                self._response(line, message, at, sent)

    def _invite(self, message: Glance, hop: str, at: float, sent: bool) -> None:
        key = (message.call_id, sent)
        line = self._lines.get(key)
        if line is not None:
            if line.branch != message.branch and line.answered_at is None:
                # With credentials now, or by another way.
                line.ended_at = line.ended_by = line.ringing_at = None
                line.status, line.reason, line.branch, line.hop = 0, "", message.branch, hop
                self._dirty[line.id] = line
            return
        if len(self._lines) >= MOST_STANDING:
            self.missed += 1
            return
        line = self._lines[key] = Line(
            id=new_id(),
            call_id=message.call_id,
            direction="out" if sent else "in",
            from_user=message.sender,
            to_user=message.recipient,
            hop=hop,
            started_at=datetime.fromtimestamp(at, UTC),
            agent="" if sent else message.agent,
            branch=message.branch,
        )
        if (leg := self._parties.get(key)) is not None:
            self._know(key, line, leg)
        self._dirty[line.id] = line

    def _response(self, line: Line, message: Glance, at: float, sent: bool) -> None:
        if line.ended_at is not None and message.status < 200:
            return
        line.status = message.status
        if not sent and message.agent:
            line.agent = message.agent
        self._dirty[line.id] = line
        if message.status < 200:
            line.ringing_at = line.ringing_at or datetime.fromtimestamp(at, UTC)
        elif message.status < 300:
            line.ended_at = line.ended_by = None
            line.reason = ""
            line.answered_at = datetime.fromtimestamp(at, UTC)
        else:
            self._end(line, at, "local" if sent else "remote", message.status, message.reason or message.phrase)

    def _end(self, line: Line, at: float, by: str, status: int, reason: str) -> None:
        line.ended_at, line.ended_by, line.status, line.reason = (
            datetime.fromtimestamp(at, UTC),
            by,
            status,
            presentable(reason)[:LONGEST],
        )
        self._dirty[line.id] = line

    def _know(self, key: _Key, line: Line, leg: Party) -> None:
        told = (
            leg.id,
            getattr(leg, "correlation", None),
            self._trunks.get(key) or line.trunk_id,
            getattr(leg, "account", None),
            presentable(leg.caller)[:LONGEST] or line.from_user,
            presentable(leg.called)[:LONGEST] or line.to_user,
        )
        if told != (line.leg_id, line.correlation, line.trunk_id, line.account, line.from_user, line.to_user):
            line.leg_id, line.correlation, line.trunk_id, line.account, line.from_user, line.to_user = told
            self._dirty[line.id] = line

    def changed(self, now: float) -> list[Line]:
        """Return the lines that are to be written, and forget those that are over.

        One that was refused is kept a little longer: it may be tried once more under the same Call-ID.
        """
        for key, leg in self._parties.items():
            if (line := self._lines.get(key)) is not None:
                self._know(key, line, leg)
        for key, line in list(self._lines.items()):
            if line.ended_at is not None:
                patience = 40.0 if line.status in _AGAIN or line.answered_at is None else 0.0
                if now - line.ended_at.timestamp() >= patience:
                    self._forget(key)
            elif now - line.started_at.timestamp() > LOST_SECONDS and key not in self._parties:
                self._end(line, now, "system", line.status, "lost sight of")
                self._forget(key)
        dirty, self._dirty = list(self._dirty.values()), {}
        return dirty

    def _forget(self, key: _Key) -> None:
        del self._lines[key]
        self._trunks.pop(key, None)
        if (leg := self._parties.pop(key, None)) is not None:
            keys = self._legs.get(leg.id, set())
            keys.discard(key)
            if not keys:
                self._legs.pop(leg.id, None)

"""Calls and their messages over HTTP."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel

from yuelai.telephony.trace.segments import Traced


class TrunkRef(BaseModel):
    id: UUID
    code: str
    name: str


class SipCall(BaseModel):
    """One INVITE as it was seen on the wire. `status` is the last one given to it, 0 before there was any; `account`
    is the code of the tenant whose call it was; `hop` is the other end, `TRANSPORT:HOST:PORT` or `flow:ID`."""

    id: UUID
    call_id: str
    leg_id: UUID | None
    correlation: UUID | None
    trunk: TrunkRef | None
    account: str | None
    direction: Literal["in", "out"]
    from_user: str
    to_user: str
    hop: str
    agent: str
    started_at: datetime
    ringing_at: datetime | None
    answered_at: datetime | None
    ended_at: datetime | None
    ended_by: Literal["local", "remote", "system"] | None
    status: int
    reason: str


class SipCallList(BaseModel):
    items: list[SipCall]
    next_cursor: str | None


class SipMessage(BaseModel):
    """`sender` and `recipient` are ends as in `hop`; ours is `local`. Secrets in `text` are blanked."""

    at: datetime
    sender: str
    recipient: str
    sent: bool
    call_id: str
    start_line: str
    text: str

    @classmethod
    def of(cls, message: Traced) -> SipMessage:
        text = message.data.decode("utf-8", "backslashreplace")
        return cls(
            at=datetime.fromtimestamp(message.at, UTC),
            sender="local" if message.sent else message.hop,
            recipient=message.hop if message.sent else "local",
            sent=message.sent,
            call_id=message.call_id,
            start_line=text.lstrip().partition("\n")[0].rstrip("\r")[:500],
            text=text,
        )


class SipMessageList(BaseModel):
    """All messages of a call and of those that belong to it. `cut`: there are more than one answer holds; `damaged`:
    pieces of the trace that could not be read."""

    items: list[SipMessage]
    cut: bool
    damaged: int

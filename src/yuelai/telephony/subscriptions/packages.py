"""The bodies of notifications: dialog information, presence, message summary. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

DIALOG, PRESENCE, SUMMARY = "dialog", "presence", "message-summary"
TYPES = {
    DIALOG: "application/dialog-info+xml",
    PRESENCE: "application/pidf+xml",
    SUMMARY: "application/simple-message-summary",
}
"""What each package is written in."""


@dataclass(frozen=True)
class Line:
    """A call of somebody who is watched, seen from their phone: `call_id` and tags name its dialog, for a pickup."""

    id: str
    state: str
    """trying, early or confirmed (RFC 4235 §3.7.1)."""
    incoming: bool
    call_id: str = ""
    local_tag: str = ""
    remote_tag: str = ""


@dataclass(frozen=True)
class Picture:
    """What can be told of a user. `waiting` messages are none as long as there is no voicemail."""

    user: str
    registered: bool = False
    lines: tuple[Line, ...] = ()
    waiting: int = 0

    @property
    def busy(self) -> bool:
        return any(line.state == "confirmed" for line in self.lines)


def body(package: str, picture: Picture, host: str, version: int) -> str:
    """Return the whole state, never a part of it; `version` counts the notifications of one subscription."""
    entity = f"sip:{picture.user}@{host}"
    if package == DIALOG:
        return _dialog_info(entity, picture.lines, version)
    if package == PRESENCE:
        return _presence(entity, picture)
    waiting = "yes" if picture.waiting else "no"
    return f"Messages-Waiting: {waiting}\r\nMessage-Account: {entity}\r\nVoice-Message: {picture.waiting}/0 (0/0)\r\n"


def _dialog_info(entity: str, lines: Sequence[Line], version: int) -> str:
    parts = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<dialog-info xmlns="urn:ietf:params:xml:ns:dialog-info" version="{version}" state="full"'
        f" entity={quoteattr(entity)}>",
    ]
    for line in lines:
        named = "".join(
            f" {name}={quoteattr(value)}"
            for name, value in (
                ("call-id", line.call_id),
                ("local-tag", line.local_tag),
                ("remote-tag", line.remote_tag),
            )
            if value
        )
        direction = "recipient" if line.incoming else "initiator"
        parts.append(
            f'<dialog id={quoteattr(line.id)} direction="{direction}"{named}><state>{escape(line.state)}</state>'
            f"<local><identity>{escape(entity)}</identity><target uri={quoteattr(entity)}/></local></dialog>"
        )
    return "\r\n".join([*parts, "</dialog-info>", ""])


def _presence(entity: str, picture: Picture) -> str:
    basic = "open" if picture.registered else "closed"
    note = "busy" if picture.busy else "ringing" if picture.lines else "available" if picture.registered else "offline"
    activity = "<rpid:on-the-phone/>" if picture.busy else "<rpid:unknown/>"
    return "\r\n".join(
        [
            '<?xml version="1.0" encoding="UTF-8"?>',
            '<presence xmlns="urn:ietf:params:xml:ns:pidf" xmlns:dm="urn:ietf:params:xml:ns:pidf:data-model"'
            f' xmlns:rpid="urn:ietf:params:xml:ns:pidf:rpid" entity={quoteattr(entity)}>',
            f'<tuple id="phone"><status><basic>{basic}</basic></status><note>{note}</note></tuple>',
            f'<dm:person id="person"><rpid:activities>{activity}</rpid:activities></dm:person>',
            "</presence>",
            "",
        ]
    )

"""Taking messages, and keeping what becomes of them. The caller opens the transaction."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

import asyncpg
import phonenumbers
from phonenumbers import PhoneNumberType

from yuelai.customers.masking import mask_phone
from yuelai.customers.phones import national, normalise
from yuelai.identity.model import Principal
from yuelai.messages import encoding, figures, tables
from yuelai.messages.encoding import TooLong
from yuelai.messages.events import MessageChanged
from yuelai.messages.model import (
    CODES_PER_HOUR,
    MOST_ATTEMPTS,
    PER_HOUR,
    Outgoing,
    Pace,
    PartState,
    State,
    Taken,
    again_at,
    lifetime,
    whole,
)
from yuelai.messages.ports import Answered, Event, Receipt, Submission, Tag, Verdict
from yuelai.messages.sealing import Sealing
from yuelai.messages.templates import CODE, BadTemplate, BadValues, words
from yuelai.platform import outbox
from yuelai.platform.clock import SystemClock
from yuelai.platform.ids import new_id

if TYPE_CHECKING:
    from yuelai.platform.db import Connection

CHANNEL = "sms"
LONGEST_KEY = 200
REVEAL = "customers.reveal"
_HOUR = timedelta(hours=1)
_BATCH = 500
_TOLD = frozenset(State) - {State.SENDING}
"""States that others hear of."""
_SPARED = (Verdict.THROTTLED, Verdict.UNTRIED)
"""What was no attempt of the message's."""


async def send(
    conn: Connection,
    tenant_id: UUID,
    wanted: Outgoing,
    sealing: Sealing,
    *,
    provider: bool = True,
    now: datetime | None = None,
) -> Taken:
    """Take a message to be sent. Once the transaction is committed it will be, whatever dies; asked again under the
    same key, the first answer is given again.

    Refused are: `number` (no mobile telephone), `template`, `values`, `too_long`, `too_many` (to this number within an
    hour) and, with `provider` false, `no_provider`. The last two are kept, as what was wanted and not done.
    Raises `platform.key_file.BadKeyFile`.
    """
    now = now or SystemClock().now()
    key = wanted.key[:LONGEST_KEY]
    await tables.lock(conn, tenant_id, f"key/{key}")
    before = await tables.by_key(conn, tenant_id, key)
    if before is not None:
        refused = before["state"] == State.REFUSED
        return Taken(not refused, before["reason"] if refused else None)
    to = mobile(wanted.to)
    if to is None:
        return Taken(ok=False, reason="number")
    try:
        said = words(wanted.template, wanted.language, wanted.values)
        if wanted.language != "en":
            said = f"【{await tables.tenant_name(conn, tenant_id)}】{said}"
        reference = secrets.randbelow(0x10000)
        parts = len(encoding.pieces(said, reference))
    except BadTemplate:
        return Taken(ok=False, reason="template")
    except BadValues:
        return Taken(ok=False, reason="values")
    except TooLong:
        return Taken(ok=False, reason="too_long")
    reason = "" if provider else "no_provider"
    if not reason and await _too_many(conn, tenant_id, to, wanted.template, now):
        reason = "too_many"
    id_ = new_id()
    state = State.REFUSED if reason else State.QUEUED
    sealed, key_version = (b"", 0) if reason else await sealing.seal(id_, said)
    fields: dict[str, Any] = {
        "id": id_,
        "tenant_id": tenant_id,
        "key": key,
        "channel": CHANNEL,
        "to_e164": to,
        "template": wanted.template,
        "language": wanted.language,
        "words": sealed,
        "key_version": key_version,
        "reference": reference,
        "state": state.value,
        "reason": reason,
        "next_at": None if reason else now,
        "interaction_id": wanted.interaction_id,
        "customer_id": wanted.customer_id,
        "created_at": now,
        "expires_at": now + lifetime(wanted.template),
    }
    await tables.add(conn, fields, [] if reason else [(reference + number) & 0xFFFF for number in range(parts)])
    await _tell(conn, fields, state, reason, now)
    if not reason:
        await tables.wake(conn)
    figures.STATES.labels(CHANNEL, state.value).inc()
    return Taken(not reason, reason or None)


def mobile(number: str) -> str | None:
    """Return a mobile telephone's number in E.164, None for any other. `number` in any written form."""
    e164 = normalise(number)
    if e164 is None:
        return None
    if e164.startswith("+86"):
        # What numbering plans say of China is behind: numbers are sold in new blocks every year.
        return e164 if len(e164) == 14 and e164[3] == "1" else None
    try:
        parsed = phonenumbers.parse(e164)
    except phonenumbers.NumberParseException:
        return None
    kinds = (PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE)
    return e164 if phonenumbers.number_type(parsed) in kinds else None


async def _too_many(conn: Connection, tenant_id: UUID, to: str, template: str, now: datetime) -> bool:
    await tables.lock(conn, tenant_id, f"to/{to}")
    recent = await tables.recent(conn, tenant_id, to, now - _HOUR)
    return sum(recent.values()) >= PER_HOUR or (template == CODE and recent.get(CODE, 0) >= CODES_PER_HOUR)


async def _tell(conn: Connection, row: Any, state: State, reason: str, now: datetime) -> None:
    if state in _TOLD:
        fact = MessageChanged(
            at=now,
            tenant_id=row["tenant_id"],
            message_id=row["id"],
            channel=row["channel"],
            template=row["template"],
            state=state.value,
            reason=reason,
            interaction_id=row["interaction_id"],
        )
        await outbox.put(conn, fact)


async def of_interaction(conn: Connection, principal: Principal, interaction_id: UUID) -> list[dict[str, Any]]:
    """Return a contact's messages as this person may see them, the oldest first; whether at all is asked before."""
    rows = await tables.of_interaction(conn, principal.tenant_id, interaction_id)
    reveal = principal.may(REVEAL)
    return [
        {name: value for name, value in row.items() if name != "to_e164"}
        | {"to": _shown(row["to_e164"], reveal=reveal)}
        for row in rows
    ]


def _shown(to: str, *, reveal: bool) -> str:
    if not to:
        return ""  # erased
    return national(to) if reveal else mask_phone(to)


# What the sender asks, over all tenants.


async def claim(conn: Connection, limit: int, now: datetime, sealing: Sealing) -> list[Submission]:
    """Take messages whose time has come, whole ones, until they have `limit` parts: these are noted to be under way
    *before* they are, so that of one that was cut off nobody thinks it never went. Raises `BadKeyFile`."""
    rows = await tables.due(conn, now, limit)
    parts = await tables.parts_of(conn, [row["id"] for row in rows])
    found: list[Submission] = []
    for row in rows:
        if len(found) >= limit:
            break
        open_ = [part for part in parts[row["id"]] if part["state"] in (PartState.QUEUED, PartState.UNKNOWN)]
        said = await sealing.open(row["id"], row["words"])
        if row["expires_at"] <= now or said is None:
            await _give_up(conn, row, parts[row["id"]], "too_late" if said is not None else "unreadable", now)
            continue
        pieces = encoding.pieces(said, row["reference"])
        found += [
            Submission(
                Tag(row["id"], part["number"]),
                row["to_e164"],
                pieces[part["number"] - 1],
                part["reference"],
                row["expires_at"] - now,
            )
            for part in open_
        ]
        again = sum(part["state"] == PartState.UNKNOWN for part in open_)
        await tables.put_parts(conn, [(row["id"], part["number"], PartState.SUBMITTING, None, now) for part in open_])
        fields = {
            "state": State.SENDING.value,
            "tried": False,
            "possible_duplicates": row["possible_duplicates"] + again,
            "next_at": None,
        }
        await tables.put(conn, row["id"], fields)
        figures.DUPLICATES.inc(again)
    return found


async def expire(conn: Connection, now: datetime) -> int:
    """Give up what is too late to be sent, whether there is a provider or not. Return how many there were."""
    rows = await tables.expired(conn, now, _BATCH)
    parts = await tables.parts_of(conn, [row["id"] for row in rows])
    for row in rows:
        await _give_up(conn, row, parts[row["id"]], "too_late", now)
    return len(rows)


async def recover(conn: Connection, now: datetime, pace: Pace) -> int:
    """Nobody knows what became of parts that somebody was at when they died. Return how many there are."""
    left = [Answered(Tag(row["message_id"], row["number"]), Verdict.LOST) for row in await tables.abandoned(conn)]
    await record(conn, left, now, pace)
    return len(left)


async def record(conn: Connection, events: Sequence[Event], now: datetime, pace: Pace) -> None:
    """Keep what a provider said, in the order it did."""
    of: dict[UUID, list[tuple[int, Event]]] = {}
    # A receipt may be faster than the answer that tells its number.
    taken = {event.provider_id: event.tag for event in events if isinstance(event, Answered) and event.provider_id}
    for event in events:
        tag = event.tag if isinstance(event, Answered) else await _meant(conn, event, taken)
        if tag is not None:
            of.setdefault(tag.message_id, []).append((tag.number, event))
    rows = await tables.locked(conn, list(of))
    parts = await tables.parts_of(conn, [row["id"] for row in rows])
    for row in rows:
        await _keep(conn, row, parts[row["id"]], of[row["id"]], now, pace)


async def _meant(conn: Connection, receipt: Receipt, taken: Mapping[str, Tag]) -> Tag | None:
    """Return which part a receipt is about. `taken` are those whose numbers we are told at the same time."""
    if receipt.provider_id in taken:
        return taken[receipt.provider_id]
    row = await tables.part_by_provider(conn, receipt.provider_id, receipt.to) if receipt.provider_id else None
    row = row or await tables.part_by_reference(conn, receipt.to, receipt.reference)
    figures.RECEIPTS.labels("no" if row is None else "yes").inc()
    return Tag(row["message_id"], row["number"]) if row is not None else None


async def _keep(
    conn: Connection,
    row: asyncpg.Record,
    parts: Sequence[asyncpg.Record],
    told: Sequence[tuple[int, Event]],
    now: datetime,
    pace: Pace,
) -> None:
    """Write what was told of one message's parts, and what it makes of the message."""
    held = {part["number"]: PartState(part["state"]) for part in parts}
    ids: dict[int, str] = {}
    reason, soon = row["reason"], None
    # One attempt is one claim of which anything was more than held up.
    tried = row["tried"] or any(isinstance(event, Answered) and event.verdict not in _SPARED for _, event in told)
    attempts = row["attempts"] + (tried and not row["tried"])
    for number, event in told:
        if number not in held:
            continue
        if isinstance(event, Receipt):
            held[number] = _received(held[number], event.state)
            reason = event.reason or reason
            if event.provider_id:
                ids[number] = event.provider_id
        else:
            held[number] = _submitted(held[number], event, attempts)
            reason = event.reason or reason
            if event.provider_id:
                ids[number] = event.provider_id
            if event.verdict in _SPARED:
                soon = now  # it goes on as soon as there is room for it
                figures.THROTTLED.inc(event.verdict is Verdict.THROTTLED)
    if PartState.FAILED in held.values():
        # The rest of a message that cannot be joined any more is not sent.
        held = {number: PartState.FAILED if state is PartState.QUEUED else state for number, state in held.items()}
    changed = [
        (row["id"], part["number"], held[part["number"]].value, ids.get(part["number"]), now)
        for part in parts
        if held[part["number"]] != part["state"] or part["number"] in ids
    ]
    await tables.put_parts(conn, changed)
    state = whole(list(held.values()), begun=row["state"] != State.QUEUED)
    at = again_at(state, row["template"], attempts, row["expires_at"], now, pace)
    if PartState.SUBMITTING in held.values():
        at = None  # their answers are still to come
    elif at is not None and soon is not None and state is not State.UNKNOWN:
        at = soon
    await _put(conn, row, state, reason, now, {"attempts": attempts, "tried": tried, "next_at": at})


def _submitted(before: PartState, event: Answered, attempts: int) -> PartState:
    if before in (PartState.DELIVERED, PartState.FAILED):
        return before  # its receipt was faster
    match event.verdict:
        case Verdict.TAKEN:
            return PartState.SENT
        case Verdict.REFUSED:
            return PartState.FAILED
        case Verdict.LATER:
            return PartState.QUEUED if attempts < MOST_ATTEMPTS else PartState.FAILED
        case Verdict.THROTTLED | Verdict.UNTRIED:
            return PartState.QUEUED
        case Verdict.LOST:
            return PartState.UNKNOWN if before is PartState.SUBMITTING else before


def _received(before: PartState, told: PartState) -> PartState:
    """Of two deliveries of a part one is enough, and news from the way change nothing that is known better."""
    if before is PartState.DELIVERED:
        return before
    if told is PartState.SENT:
        return PartState.SENT if before is PartState.UNKNOWN else before
    return told


async def _give_up(
    conn: Connection, row: asyncpg.Record, parts: Sequence[asyncpg.Record], reason: str, now: datetime
) -> None:
    """What may have been taken stays unknown; what never went has failed."""
    held = [PartState.FAILED if part["state"] == PartState.QUEUED else PartState(part["state"]) for part in parts]
    changed = [
        (row["id"], part["number"], state.value, None, now)
        for part, state in zip(parts, held, strict=True)
        if state != part["state"]
    ]
    await tables.put_parts(conn, changed)
    await _put(conn, row, whole(held, begun=True), reason, now, {"next_at": None})


async def _put(
    conn: Connection, row: asyncpg.Record, state: State, reason: str, now: datetime, fields: dict[str, Any]
) -> None:
    reason = "" if state in (State.SENT, State.DELIVERED) else reason
    fields |= {"state": state.value, "reason": reason}
    if state in (State.SENT, State.DELIVERED):
        fields["sent_at"] = row["sent_at"] or now
    if state is State.DELIVERED:
        fields["delivered_at"] = row["delivered_at"] or now
    if row["template"] == CODE and state not in (State.QUEUED, State.SENDING):
        fields["words"] = b""  # it is not sent again, and nobody is to read it
    await tables.put(conn, row["id"], fields)
    if state.value != row["state"]:
        figures.STATES.labels(row["channel"], state.value).inc()
        await _tell(conn, row, state, reason, now)

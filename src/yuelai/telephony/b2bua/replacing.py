"""Somebody calls to take a party's place: of one who talks (RFC 3891), or of a phone that still rings (pickup); or to
join two who talk (RFC 3911)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog

from yuelai.media.ports import MediaError
from yuelai.platform.errors import Refusal
from yuelai.telephony.b2bua.half import Half
from yuelai.telephony.ports import Leg

if TYPE_CHECKING:
    from yuelai.telephony.b2bua.call import Call

log = structlog.get_logger()


async def replace(call: Call, gone: Half, leg: Leg) -> None:
    """Let `leg` take the place of `gone`; it is refused where that cannot be, and then nothing has changed."""
    half = Half(call, leg)
    call.leaving.append(half)
    call.own(half, leg)
    leg.listen(half.hear)
    try:
        done = await _pick_up(call, gone, half) if gone in call.reaching.coming else await _take_over(call, gone, half)
    except (Refusal, MediaError) as error:
        log.info("not_replaced", call=str(call.id), error=str(error))
        done = False
    if not done:
        await half.hangup(488 if not half.over else 487)


async def _pick_up(call: Call, gone: Half, half: Half) -> bool:
    near = call.near
    if near is None or near.leg is None or near.answered or near.over or half.leg is None:
        return False
    description, answer = await call.house.media.pick(half, near)
    if near.over or near.answered or half.over or gone not in call.reaching.coming:
        return False
    half.answered, half.told = True, description
    call.seat(near, half)
    await call.reaching.give_up()
    await half.leg.answer(description)
    await call.answer(answer)
    return True


async def _take_over(call: Call, gone: Half, half: Half) -> bool:
    stay = call.beside(gone)
    if stay is None or half.leg is None or not call.whole or call.reaching.busy or call.ending:
        return False
    description = await call.house.media.take(half, stay)
    if half.over or call.beside(gone) is not stay or call.ending:
        if call.beside(gone) is stay and call.whole:
            call.talk.rejoin()  # the one who stays has been told about somebody who did not come
        return False
    half.answered, half.told = True, description
    call.seat(stay, half)
    await half.leg.answer(description)
    return True


async def join(call: Call, leg: Leg) -> None:
    """Let `leg` speak with the two of a call; it is refused where nobody mixes sound."""
    half = Half(call, leg)
    call.guests.append(half)
    call.own(half, leg)
    leg.listen(half.hear)
    try:
        near, far = call.near, call.far
        if near is None or far is None or not call.whole or call.ending:
            await half.hangup(481)
            return
        half.told = await call.house.media.attend(half, near, far)
        half.answered = True
        await leg.answer(half.told)
    except (Refusal, MediaError) as error:
        log.info("not_joined", call=str(call.id), error=str(error))
        await half.hangup(488)

"""A transfer by an agent's telephone (REFER, RFC 3515): the same as one by the screen.

We stay in the middle: the telephone is told that it is done once the customer is on their way, and is let go.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog

from yuelai.channels.voice.agent_party import AgentParty
from yuelai.channels.voice.phase import Phase
from yuelai.channels.voice.targets import dialled
from yuelai.platform.errors import Refusal
from yuelai.telephony.ports import Referral, Referred

if TYPE_CHECKING:
    from yuelai.channels.voice.call import VoiceCall

log = structlog.get_logger()

_STATUS = {403: 403, 404: 404, 409: 486, 503: 503}
"""What the telephone is told, by what a screen would be."""


async def refer(call: VoiceCall, event: Referred) -> None:
    """Transfer the customer to what the telephone's user has dialled, or refuse; then the call goes on as it was."""
    referral, party = event.referral, call.party(event.leg)
    talks = isinstance(party, AgentParty) and party is call.agent and call.phase is Phase.TALKING
    if not talks or referral.replaces is not None:
        referral.refuse(603)
    else:
        assert isinstance(party, AgentParty)
        await _blind(call, party, referral)


async def _blind(call: VoiceCall, party: AgentParty, referral: Referral) -> None:
    def begun() -> None:
        referral.accept()
        referral.progress(200)

    try:
        await call.transferring.blind(party, dialled(call, referral.user), begun)
    except Refusal as refusal:
        log.info("referral_refused", code=refusal.code)
        referral.refuse(_STATUS.get(refusal.status, 603))

"""Who may speak to us, how much of it we bear, and what it may cost: asked before anything is read or dialled."""

from yuelai.telephony.guards.addresses import AccessRule
from yuelai.telephony.guards.bans import Ban, Offence
from yuelai.telephony.guards.guards import Guards, holds
from yuelai.telephony.guards.meter import Ticket, Toll
from yuelai.telephony.guards.toll import Caller, Denial, TollRule, Verdict

__all__ = [
    "AccessRule",
    "Ban",
    "Caller",
    "Denial",
    "Guards",
    "Offence",
    "Ticket",
    "Toll",
    "TollRule",
    "Verdict",
    "holds",
]

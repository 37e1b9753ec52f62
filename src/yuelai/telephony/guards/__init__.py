"""Who may speak to us, how much of it we bear, and what it may cost: asked before anything is read or dialled."""

from yuelai.telephony.guards.addresses import AccessRule
from yuelai.telephony.guards.bans import Ban, Offence
from yuelai.telephony.guards.guards import Guards, holds

__all__ = ["AccessRule", "Ban", "Guards", "Offence", "holds"]

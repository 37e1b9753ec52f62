"""What telephony offers upwards and what it needs from others.

A *leg* is one SIP dialog of ours with one party (RFC 3261 §12). It has one owner, who listens to its events, and it
always ends in exactly one `Ended`, whatever happens.
"""

from __future__ import annotations

from yuelai.telephony.ports.dialling import (
    Capacity,
    Destination,
    Digest,
    Registration,
    Telephony,
)
from yuelai.telephony.ports.journals import (
    BindingJournal,
    BindingRecord,
    Credential,
    CredentialStore,
    DialogJournal,
    DialogRecord,
)
from yuelai.telephony.ports.legs import (
    CARRIED,
    Answered,
    Confirmed,
    Ended,
    InfoDigit,
    Leg,
    LegEvent,
    Listener,
    Reanswered,
    Referral,
    Referred,
    Reoffered,
    Ringing,
)

__all__ = [
    "CARRIED",
    "Answered",
    "BindingJournal",
    "BindingRecord",
    "Capacity",
    "Confirmed",
    "Credential",
    "CredentialStore",
    "Destination",
    "DialogJournal",
    "DialogRecord",
    "Digest",
    "Ended",
    "InfoDigit",
    "Leg",
    "LegEvent",
    "Listener",
    "Reanswered",
    "Referral",
    "Referred",
    "Registration",
    "Reoffered",
    "Ringing",
    "Telephony",
]

"""What is told to the next party of where a call comes from: what crosses, what is withheld, what a diversion adds."""

from __future__ import annotations

from collections.abc import Mapping

from yuelai.telephony.ports import Leg
from yuelai.wire.sip import Address, PeerError, Uri, parse_address
from yuelai.wire.sip.text import split_outside

CROSSING = ("user-to-user", "subject", "priority", "accept-language", "privacy")
"""Of `ports.CARRIED`, what another party is told as it is. Alert-Info and Call-Info are not among them: they would have
phones fetch what a caller points to. Histories cross unless they are to be hidden."""
HISTORY = ("diversion", "history-info")
LONGEST = 2_000
"""Characters of one field that are carried; past it the field is left out."""


def withheld(leg: Leg) -> bool:
    """True when the caller does not want to be known (RFC 3323 §4.2)."""
    said = {word.strip().lower() for value in leg.carried.get("privacy", ()) for word in value.split(";")}
    return bool(said & {"id", "user", "header"})


def crossing(leg: Leg) -> dict[str, str]:
    """Return the fields of an INVITE that go on to whoever is called for it."""
    hidden = withheld(leg) or "history" in " ".join(leg.carried.get("privacy", ()))
    # A phone that calls was not diverted to: what it says of that is an attempt to be somebody else at a carrier, who
    # may take the number that has diverted for the one that pays.
    names = CROSSING if hidden or not leg.trunk else CROSSING + HISTORY
    found = {name: ", ".join(leg.carried[name]) for name in names if leg.carried.get(name)}
    found = {name: value for name, value in found.items() if len(value) <= LONGEST}
    left = leg.carried.get("max-forwards", ("",))[0]
    if left.isdigit():
        found["max-forwards"] = str(max(0, min(int(left[:3]), 70) - 1))  # else two of us could call each other for ever
    return found


def diverted(headers: Mapping[str, str], host: str, by: str, to: str, reason: str = "deflection") -> dict[str, str]:
    """Return the fields with one more diversion, of user `by` to `to` (RFC 5806 §5; RFC 7044 §9.2)."""
    place = Address(Uri("sip", by, host), "", {"reason": reason})
    before = headers.get("diversion", "")
    history = headers.get("history-info") or f"<sip:{Uri('sip', by, host).user}@{host}>;index=1"
    index = _last_index(history)
    step = f"<{Uri('sip', to, host, params={'cause': '302'})}>;index={index}.1;mp={index}"
    return {
        **headers,
        "diversion": f"{place}, {before}" if before else str(place),
        "history-info": f"{history}, {step}",
    }


def _last_index(history: str) -> str:
    for part in reversed(split_outside(history, ",")):
        try:
            index = parse_address(part).params.get("index")
        except PeerError:
            continue
        if index and all(step.isdigit() for step in index.split(".")):
            return index
    return "1"

"""Which caller a trunk is told: numbers of ours only, and what is withheld told to nobody who is not trusted
(RFC 3323, RFC 3325)."""

from __future__ import annotations

from dataclasses import dataclass, field

from yuelai.telephony.trunks.model import Trunk
from yuelai.telephony.trunks.numbers import e164, outgoing
from yuelai.wire.sip import Address, Uri

ANONYMOUS = Address(Uri("sip", "anonymous", "anonymous.invalid"), "Anonymous")
"""RFC 3323 §4.1.1.3."""


@dataclass(frozen=True)
class Shown:
    """What the INVITE says of the caller. `number` is what stands for it in our own records."""

    number: str
    sender: str
    headers: dict[str, str] = field(default_factory=dict)


def may_show(trunk: Trunk, number: str) -> bool:
    """True when the number is one that this trunk may be shown: it begins as one that is allowed, in either form."""
    allowed = trunk.caller_policy.allowed
    if not number:
        return False
    public = e164(number, trunk.country) or number
    return not allowed or any(
        number.startswith(prefix) or public.startswith(_public_prefix(prefix, trunk.country)) for prefix in allowed
    )


def _public_prefix(prefix: str, country: str) -> str:
    """A prefix in national form as it stands in E.164: `0571` is `+86571`. A whole number is known by phonenumbers."""
    if prefix.startswith("+"):
        return prefix
    whole = e164(prefix, country)
    if whole is not None:
        return whole
    return f"+86{prefix[1:]}" if country == "CN" and prefix.startswith("0") and not prefix.startswith("00") else prefix


def shown(trunk: Trunk, caller: str, name: str, *, withheld: bool, here: str) -> Shown:
    """`here` is our host, which the number is said to be at unless the trunk has a domain of its own for us.

    A trunk that we sign in at wants to see its account where a call has no number to show.
    """
    policy = trunk.caller_policy
    own = caller if may_show(trunk, caller) else policy.default
    number = outgoing(own, trunk.caller_out, trunk.country)
    host = _host(trunk.domain or (trunk.host if trunk.username and trunk.host else here))
    known = Uri("sip", number or trunk.username, host) if number or trunk.username else None
    headers: dict[str, str] = {}
    if policy.trusted and known is not None:
        headers["P-Asserted-Identity"] = str(Address(known))
    if withheld:
        headers["Privacy"] = "id"
        return Shown(number, str(ANONYMOUS), headers)
    label = name if own == caller else ""
    return Shown(number, str(Address(known, label) if known is not None else ANONYMOUS), headers)


def _host(host: str) -> str:
    return f"[{host}]" if ":" in host and not host.startswith("[") else host

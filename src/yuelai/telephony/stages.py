"""Whom to call next, and what to tell when nobody took the call: the choices of a forking caller (RFC 3261 §16.7)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from yuelai.telephony.hops import FlowHop, uri_hop
from yuelai.telephony.ports import Destination
from yuelai.wire.sip import PeerError, Response, Uri, parse_uri

MOST_REDIRECTS = 5
"""Contacts followed for one call, however many are named."""


@dataclass(frozen=True, slots=True)
class Failure:
    """How one destination ended. `contacts` are those of a 3xx that are not followed."""

    by: str
    status: int
    reason: str
    cause: str = ""
    contacts: tuple[str, ...] = ()


def mendable(failure: Failure, place: Destination) -> bool:
    """True when another destination may succeed where this one failed; never where a person has refused."""
    status = failure.status
    if failure.by != "remote" or status == 408 or 500 <= status < 600:
        return True
    # At a trunk these say that the way is barred (no channel, not our password), not that the number does not answer.
    return place.trunk_id is not None and status in (401, 403, 407, 480)


def best(failures: Iterable[Failure]) -> Failure:
    """The best of several (§16.7 step 6): what a person decided before what the network failed at."""
    return min(failures, key=_rank)


def _rank(failure: Failure) -> tuple[int, int]:
    status = failure.status
    return (
        0 if failure.by == "remote" else 1,
        0 if status in (486, 600, 603) else 1 if 300 <= status < 400 else 2 if status < 500 else 3,
    )


def contacts_of(response: Response) -> list[Uri]:
    """Return where a 3xx points to, the likeliest first (`q`, §20.10); what cannot be called is left out."""
    found: list[tuple[float, int, Uri]] = []
    try:
        addresses = response.addresses("contact")
    except PeerError:
        return []
    for place, address in enumerate(addresses):
        try:
            q = float(address.params.get("q") or 1)
        except ValueError:
            q = 0.0
        if address.uri.is_sip or address.uri.scheme == "tel":
            found.append((-q, place, address.uri.without_headers()))
    return [uri for _, _, uri in sorted(found, key=lambda entry: entry[:2])]


def followed(place: Destination, contacts: list[Uri], is_own: Callable[[Uri], bool], left: int) -> list[Destination]:
    """Return the destinations that a redirection makes, at most `left`.

    Nobody may point elsewhere than to the host where they are themselves: whoever answers could else have us call what
    they like, in our name, at a carrier that knows us by our address (toll fraud). All else, and a phone that points to
    ourselves (`is_own`), forwards to a number: the owner of the call decides about that.
    """
    made = list[Destination]()
    for uri in contacts:
        if not uri.is_sip or is_own(uri):
            continue
        if place.trunk_id is None:
            hop = uri_hop(uri)
            if hop is not None and hop.host in phone_hosts(place):
                made.append(replace(place, uri=str(uri), hops=(hop,), route=(), digest=None, symmetric=False))
        elif uri.host.lower() in trunk_hosts(place):
            hops = place.hops if uri.port == parse_uri(place.uri).port else ()
            made.append(replace(place, uri=str(uri), hops=hops))
    return made[:left]


def phone_hosts(place: Destination) -> set[str]:
    """Addresses where a phone is: those we know, not what it says."""
    if not place.hops:
        return {hop.host} if (hop := uri_hop(parse_uri(place.uri))) is not None else set()
    return {hop.host for hop in place.hops if not isinstance(hop, FlowHop)}


def trunk_hosts(place: Destination) -> set[str]:
    return {parse_uri(place.uri).host.lower()} | {
        hop.host.lower() for hop in place.hops if not isinstance(hop, FlowHop)
    }

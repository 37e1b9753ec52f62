"""Which audiences of live documents somebody belongs to. What one may do counts at the tenant one acts for only."""

from __future__ import annotations

from yuelai.identity.model import Principal, Reach
from yuelai.interactions.document import WATCHES_CALLS
from yuelai.platform.live import Audience, permitted, within


def groups_of(principal: Principal) -> Audience:
    """Return the groups; permissions that reach some people only lead into the parts of their groups."""
    groups: Audience = frozenset({f"tenant:{principal.tenant_id}"})
    # A program's token sees its maker's contacts only if it may serve them.
    if principal.token_id is None or principal.may("agent.work"):
        groups |= {own(principal)}
    for wanted in (*((permission,) for permission in principal.permissions), WATCHES_CALLS):
        if principal.permissions.issuperset(wanted):
            groups |= _audience(principal, wanted)
    return groups


def own(principal: Principal) -> str:
    """The audience of one's own documents."""
    return f"person:{principal.person_id}"


def _audience(principal: Principal, permissions: tuple[str, ...]) -> Audience:
    whole = permitted(principal.tenant_id, *permissions)
    reach = principal.reach(permissions[0])
    for permission in permissions[1:]:
        reach = _both(reach, principal.reach(permission))
    return frozenset({whole}) if reach.everything else within(whole, reach.groups, reach.sites)


def _both(one: Reach, other: Reach) -> Reach:
    if one.everything or other.everything:
        return other if one.everything else one
    return Reach(groups=one.groups & other.groups, sites=one.sites & other.sites)

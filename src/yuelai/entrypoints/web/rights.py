"""Rights that changed hold at once: whatever this process remembers of people is dropped when a fact says so.

Every request asks PostgreSQL what a session may do; only what is believed while PostgreSQL is away, and the open pages,
have to be told.
"""

from __future__ import annotations

from yuelai.identity.events import OrganisationChanged, PersonChanged, TenantChanged
from yuelai.identity.sessions import Sessions
from yuelai.platform.bus import Bus
from yuelai.platform.facts import Fact
from yuelai.platform.ids import PersonId


def follow(bus: Bus, sessions: Sessions) -> None:
    """Tell the sessions of what happens on the bus."""

    def person(fact: PersonChanged) -> None:
        sessions.changed(PersonId(fact.person_id))

    def everybody(fact: Fact) -> None:
        sessions.all_changed()

    bus.subscribe(PersonChanged, person)
    bus.subscribe(OrganisationChanged, everybody)
    bus.subscribe(TenantChanged, everybody)

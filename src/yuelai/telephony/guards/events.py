"""Facts about guards: that rules or bans are different, never what they say."""

from __future__ import annotations

from dataclasses import dataclass

from yuelai.platform.facts import Fact, fact


@fact("sip_rules.changed")
@dataclass(frozen=True, kw_only=True)
class SipRulesChanged(Fact):
    """Somebody has changed bans, access rules or toll rules."""

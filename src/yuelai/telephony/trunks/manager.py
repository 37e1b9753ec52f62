"""The trunks of the running centre, as the others use them."""

from __future__ import annotations

from yuelai.telephony.trunks.inward import Inward
from yuelai.telephony.trunks.outward import Outward


class Trunks(Inward, Outward):
    """All there is to trunks: `follow` and `attach` (`fleet`), who calls in (`inward`), how to call out (`outward`)."""

"""Everything that is sealed under the master key: what must be sealed anew before a version of the key may go."""

from __future__ import annotations

from collections.abc import Sequence

from yuelai.customers import sealing
from yuelai.customers.sync import secret
from yuelai.identity.sign_in import second_factor
from yuelai.messages import sealing as message_sealing
from yuelai.platform.rewrap import Sealed
from yuelai.recordings import keys
from yuelai.telephony.trace import keys as trace_keys
from yuelai.telephony.trunks import secret as trunk_secret

SEALED: Sequence[Sealed] = (
    keys.SEALED,
    keys.ParkedKeys(),
    sealing.SEALED,
    secret.SEALED,
    second_factor.SEALED,
    *trunk_secret.SEALED,
    trace_keys.SEALED,
    message_sealing.SEALED,
)

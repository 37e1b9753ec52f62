"""What is shown of personal data to those who need not see all of it."""

from __future__ import annotations

import re

# An address is kept down to its district: enough to confirm the region, too little to find the door.
_REGION = re.compile(r"^(?:[^省市区县旗]{1,8}?(?:省|自治区|市|区|县|旗)){1,3}")


def mask_address(address: str | None) -> str | None:
    """Return province, city and district with the rest as `****`; an address without them keeps two characters."""
    if not address:
        return None
    region = _REGION.match(address)
    return f"{region.group() if region else address[:2]}****"

"""What is shown of personal data to those who need not see all of it."""

from __future__ import annotations

import re

# An address is kept down to its district: enough to confirm the region, too little to find the door.
_REGION = re.compile(r"^(?:[^省市区县旗]{1,8}?(?:省|自治区|市|区|县|旗)){1,3}")


def region(address: str) -> str:
    """Return province, city and district as far as the address begins with them."""
    found = _REGION.match(address)
    return found.group() if found else ""


def mask_address(address: str | None) -> str | None:
    """Return province, city and district with the rest as `****`; an address without them keeps two characters."""
    if not address:
        return None
    return f"{region(address) or address[:2]}****"

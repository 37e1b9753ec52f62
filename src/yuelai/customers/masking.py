"""What is shown of personal data to those who need not see all of it."""

from __future__ import annotations

import re

from yuelai.customers.phones import national

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


def mask_name(name: str) -> str:
    """Return the first character of a name; of four and more, which are mostly companies, the first two."""
    return f"{name[: 1 if len(name) < 4 else 2]}**" if name else ""


def mask_phone(e164: str) -> str:
    """Return a number with the four digits before the last four hidden."""
    digits = national(e164)
    return f"{digits[:-8]}****{digits[-4:]}" if len(digits) > 8 else f"****{digits[-2:]}"


def mask_text(text: str) -> str:
    """Return the first character of a text or of a mail address's name, and its domain."""
    name, at, domain = text.partition("@")
    return f"{name[:1]}***{at}{domain}" if text else ""


def mask_identity(kind: str, value: str) -> str:
    return mask_phone(value) if kind == "phone" else mask_text(value)

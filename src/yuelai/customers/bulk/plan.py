"""What a row changes of the customer it speaks of. Pure."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from yuelai.customers.bulk.model import Change, Current, Incoming


def values(row: Incoming, index: Callable[[str], bytes]) -> dict[str, Any]:
    """Return the fields of one value that the row speaks of, in the form of `Current.value`."""
    found: dict[str, Any] = {}
    for name in ("name", "kind", "gender", "birth_year"):
        value = getattr(row, name)
        if value is not None:
            found[name] = value
    if row.class_ is not None:
        found["class"] = row.class_
    if row.manager_id is not None:
        found["manager"] = str(row.manager_id)
    if row.since is not None:
        found["since"] = row.since.isoformat()
    if row.id_number is not None:
        found["id_number"] = index(row.id_number).hex()
    for kind, text in row.addresses:
        found[f"address.{kind}"] = text
    for code, value in row.custom.items():
        found[f"custom.{code}"] = value
    return found


def change(current: Current, row: Incoming, index: Callable[[str], bytes]) -> Change:
    """Compare. Fields of one value are replaced; phones, mail addresses, accounts, tags and warnings are added."""
    found = Change(current.id, row.line, id_number=row.id_number)
    for name, after in values(row, index).items():
        before = current.value(name)
        if before != after:
            found.fields[name] = (before, after)
    found.identities = [each for each in row.identities if each[:2] not in current.identities]
    found.tags = [tag for tag in row.tags if tag not in current.tags]
    found.warnings = [warning for warning in row.warnings if warning not in current.warnings]
    return found

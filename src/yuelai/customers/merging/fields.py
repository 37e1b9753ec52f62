"""Which values the one record gets, and how to take them back. Pure.

`taken` of a merge says for each field what the kept one had before and what it took: `{field: {"before", "taken"}}`,
in JSON. Taking back changes a field only while it still holds what was taken.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from datetime import date
from typing import Any, Final, Literal
from uuid import UUID

from yuelai.customers.errors import NotAField

Side = Literal["keep", "drop"]
Taken = dict[str, dict[str, Any]]

SINGLE: Final = {
    "name": "name",
    "kind": "kind",
    "gender": "gender",
    "birth_year": "birth_year",
    "class": "class",
    "manager_id": "manager_person_id",
    "site_id": "site_id",
    "since": "since",
}
"""Fields of one value and their columns."""
ID_NUMBER: Final = "id_number"
WARNINGS: Final = "warnings"
CUSTOM: Final = "custom."
_JOINED = frozenset({WARNINGS, "tags"})


def checked(fields: Mapping[str, Side]) -> Mapping[str, Side]:
    """Raises `NotAField` for what cannot be chosen."""
    for name in fields:
        if name not in SINGLE and name != ID_NUMBER and name not in _JOINED and not name.startswith(CUSTOM):
            raise NotAField(field=name)
    return fields


def plain(value: Any) -> Any:
    """Return a column's value as JSON keeps it."""
    if isinstance(value, UUID | date):
        return str(value)
    return base64.b64encode(value).decode() if isinstance(value, bytes) else value


def restored(field: str, value: Any) -> Any:
    """Return a column's value from what JSON kept."""
    if value is None:
        return None
    if field in ("manager_id", "site_id"):
        return UUID(value)
    return date.fromisoformat(value) if field == "since" else value


def choose(keep: Mapping[str, Any], drop: Mapping[str, Any], fields: Mapping[str, Side]) -> Taken:
    """Return what the kept row takes: what was chosen, and what only the dropped one knows. The identity number is
    not among it: it has to be sealed anew. Warnings are joined unless one side was chosen."""
    taken: Taken = {}
    for field, column in SINGLE.items():
        ours, theirs = plain(keep[column]), plain(drop[column])
        side = fields.get(field, "drop" if ours is None else "keep")
        if side == "drop" and theirs is not None and theirs != ours:
            taken[field] = {"before": ours, "taken": theirs}
    for code in sorted(keep["custom"].keys() | drop["custom"].keys()):
        ours, theirs = keep["custom"].get(code), drop["custom"].get(code)
        side = fields.get(f"{CUSTOM}{code}", "drop" if ours is None else "keep")
        if side == "drop" and theirs is not None and theirs != ours:
            taken[f"{CUSTOM}{code}"] = {"before": ours, "taken": theirs}
    ours, theirs = list(keep["warnings"]), list(drop["warnings"])
    match fields.get(WARNINGS):
        case "keep":
            joined = ours
        case "drop":
            joined = theirs
        case _:
            joined = list(dict.fromkeys([*ours, *theirs]))
    if joined != ours:
        taken[WARNINGS] = {"before": ours, "taken": joined}
    return taken


def takes_id_number(keep: Mapping[str, Any], drop: Mapping[str, Any], fields: Mapping[str, Side]) -> bool:
    if drop["id_number_index"] is None or drop["id_number_index"] == keep["id_number_index"]:
        return False
    return fields.get(ID_NUMBER, "drop" if keep["id_number_index"] is None else "keep") == "drop"


def columns(taken: Mapping[str, Mapping[str, Any]], row: Mapping[str, Any], side: str) -> dict[str, Any]:
    """Return the columns of `row` set to what `taken` says of `side` (`before`, `taken`)."""
    found: dict[str, Any] = {}
    custom = dict(row["custom"])
    for field, values in taken.items():
        if field in SINGLE:
            found[SINGLE[field]] = restored(field, values[side])
        elif field == WARNINGS:
            found[WARNINGS] = values[side]
        elif field == ID_NUMBER:
            number = values[side] or {"sealed": None, "index": None}
            for part, text in number.items():
                found[f"id_number_{part}"] = None if text is None else base64.b64decode(text)
        else:
            custom[field.removeprefix(CUSTOM)] = values[side]
    custom = {code: value for code, value in custom.items() if value is not None}
    return found | ({"custom": custom} if custom != row["custom"] else {})


def still(field: str, values: Mapping[str, Any], row: Mapping[str, Any]) -> bool:
    """Tell whether the row still holds what was taken."""
    if field == ID_NUMBER:
        return bool(plain(row["id_number_index"]) == values["taken"]["index"])
    return bool(_value(field, row) == values["taken"])


def _value(field: str, row: Mapping[str, Any]) -> Any:
    if field in SINGLE:
        return plain(row[SINGLE[field]])
    return list(row[WARNINGS]) if field == WARNINGS else row["custom"].get(field.removeprefix(CUSTOM))


def same(field: str, a: Any, b: Any) -> bool:
    """Tell whether two kept values of a field are the same one; identity numbers are, whatever they are sealed with."""
    if field == ID_NUMBER and a and b:
        return bool(a["index"] == b["index"])
    return bool(a == b)

"""The record in full, and changes of its own fields. The caller opens the transaction, in the tenant's name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from uuid import UUID

from yuelai.customers import idnumbers
from yuelai.customers import repository as cards
from yuelai.customers.configure import service as configure
from yuelai.customers.configure.model import checked, missing
from yuelai.customers.errors import (
    BadCustomField,
    ChangedMeanwhile,
    Erased,
    KeysMissing,
    UnknownCustomer,
)
from yuelai.customers.finding import index
from yuelai.customers.parts.addresses import document as address_document
from yuelai.customers.parts.relations import inverse
from yuelai.customers.record import history, repository
from yuelai.customers.record.checks import require_manager, require_site
from yuelai.customers.record.claim import Claimed, claim
from yuelai.customers.sealing import Vault
from yuelai.identity.model import Principal

if TYPE_CHECKING:
    from yuelai.platform.db import Connection

_COPIED = ("id", "no", "version", "kind", "name", "gender", "birth_year", "class", "manager", "warnings", "tags",
           "site_id", "since", "consents", "merged", "created_at", "updated_at")  # fmt: skip
_COLUMNS = {"name": "name", "kind": "kind", "gender": "gender", "birth_year": "birth_year", "class": "class",
            "manager_id": "manager_person_id", "site_id": "site_id", "warnings": "warnings",
            "since": "since"}  # fmt: skip
_HIDDEN_NUMBER = "****"


async def get(conn: Connection, tenant_id: UUID, customer_id: UUID, vault: Vault) -> dict[str, Any]:
    """Return everything about the customer, or about the one they were merged into; what is secret is masked.

    Raises `UnknownCustomer`, `Erased`.
    """
    row = await repository.find(conn, tenant_id, customer_id)
    if row is None:
        raise UnknownCustomer()
    if row["erased_at"] is not None:
        raise Erased()
    fields = {field.code for field in await configure.fields(conn, tenant_id)} if row["custom"] else set()
    relations = {
        (kind, each["customer"]["id"]): {"id": each["id"], "kind": kind, "customer": each["customer"]}
        for each in reversed(row["relations"])
        for kind in (inverse(each["kind"]) if each["reversed"] else each["kind"],)
    }
    return {
        **{name: row[name] for name in _COPIED},
        "custom": {code: value for code, value in row["custom"].items() if code in fields},
        "id_number_masked": await _masked_number(conn, tenant_id, row["id"], row["id_number_sealed"], vault),
        "identities": row["identities"],
        "addresses": [address_document(each) for each in row["addresses"]],
        "relations": list(reversed(relations.values())),
        "hold": {"reason": row["hold_reason"], "at": row["held_at"]} if row["hold_reason"] else None,
    }


async def _masked_number(
    conn: Connection, tenant_id: UUID, customer_id: UUID, sealed: bytes | None, vault: Vault
) -> str | None:
    if sealed is None:
        return None
    try:
        return idnumbers.masked((await vault.keys(conn, tenant_id)).open(customer_id, sealed))
    except KeysMissing:
        # The rest of the record is worth showing all the same.
        return _HIDDEN_NUMBER


async def change(
    conn: Connection, principal: Principal, customer_id: UUID, version: int, values: Mapping[str, Any], vault: Vault
) -> None:
    """Change fields; `custom` holds only the codes to change. Raises `ChangedMeanwhile` unless `version` is the present
    one, and whatever the fields refuse: `UnknownClass`, `UnknownManager`, `UnknownSite`, `BadCustomField`,
    `NotAnIdNumber`."""
    tenant_id = principal.tenant_id
    held = await claim(conn, tenant_id, customer_id)
    if held.row["version"] != version:
        raise ChangedMeanwhile(version=held.row["version"])
    lines: list[history.Change] = []
    columns: dict[str, Any] = {}
    for name, column in _COLUMNS.items():
        if name in values and values[name] != held.row[name]:
            columns[column] = values[name]
            lines.append(history.change(name, held.row[name], values[name]))
    await _check(conn, tenant_id, columns)
    if "custom" in values:
        lines += await _custom(conn, tenant_id, held, values["custom"], columns)
    if "id_number" in values:
        lines += await _id_number(conn, tenant_id, held, values, columns, vault)
    if "tags" in values:
        lines += await _tags(conn, tenant_id, held, values["tags"])
    if not lines:
        return
    await repository.update(conn, held.id, columns)
    if "name" in columns:
        await index.learn(conn, tenant_id, [columns["name"]])
    await history.tell(conn, principal, held.id, "changed", lines)


async def _check(conn: Connection, tenant_id: UUID, columns: Mapping[str, Any]) -> None:
    if "class" in columns:
        await configure.require_class(conn, tenant_id, columns["class"])
    if columns.get("manager_person_id") is not None:
        await require_manager(conn, tenant_id, columns["manager_person_id"])
    if columns.get("site_id") is not None:
        await require_site(conn, tenant_id, columns["site_id"])


async def _custom(
    conn: Connection, tenant_id: UUID, held: Claimed, given: Mapping[str, Any], columns: dict[str, Any]
) -> list[history.Change]:
    fields = await configure.fields(conn, tenant_id)
    before = held.row["custom"]
    after = {**before, **checked(fields, given)}
    after = {code: value for code, value in after.items() if value is not None}
    lacking = [code for code in missing(fields, after) if code in given or code in before]
    if lacking:
        raise BadCustomField("The field needs a value.", field=lacking[0])
    changed = [code for code in given if before.get(code) != after.get(code)]
    if changed:
        columns["custom"] = after
    return [history.change(f"custom.{code}", before.get(code), after.get(code)) for code in changed]


async def _id_number(
    conn: Connection,
    tenant_id: UUID,
    held: Claimed,
    values: Mapping[str, Any],
    columns: dict[str, Any],
    vault: Vault,
) -> list[history.Change]:
    given = values["id_number"]
    if not given:
        if held.row["id_number_index"] is None:
            return []
        columns |= {"id_number_sealed": None, "id_number_index": None}
        return [history.Change("id_number", history.HIDDEN, None)]
    number = idnumbers.normalised(given, person=values.get("kind", held.row["kind"]) == "person")
    sealed = (await vault.keys(conn, tenant_id)).seal(held.id, number)
    if sealed.index == held.row["id_number_index"]:
        return []
    columns |= {"id_number_sealed": sealed.sealed, "id_number_index": sealed.index}
    return [history.Change("id_number", history.HIDDEN if held.row["id_number_index"] else None, history.HIDDEN)]


async def _tags(conn: Connection, tenant_id: UUID, held: Claimed, wanted: list[str]) -> list[history.Change]:
    before, after = await repository.tags_of(conn, held.family), set(wanted)
    if before == after:
        return []
    await repository.remove_tags(conn, held.family, sorted(before - after))
    await repository.add_tags(conn, tenant_id, held.id, sorted(after - before))
    return [history.change("tags", sorted(before), sorted(after))]


async def who_has_id_number(conn: Connection, tenant_id: UUID, number: str, vault: Vault) -> list[UUID]:
    """Return the live customers whose identity document has this number, as it is typed. Raises `NotAnIdNumber`."""
    sought = (await vault.keys(conn, tenant_id)).index(idnumbers.normalised(number))
    return await cards.by_id_number(conn, tenant_id, sought)

"""Who the tests of the record act as, and customers made quickly."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

from tests.support.web import add_person
from yuelai.customers import service
from yuelai.customers.record import creation
from yuelai.customers.sealing import Vault
from yuelai.identity.model import Principal
from yuelai.platform.config import Settings
from yuelai.platform.db import Database
from yuelai.platform.ids import SAMPLE_TENANT, TenantId

if TYPE_CHECKING:
    from yuelai.platform.db import Connection

ID_NUMBER = "11010519491231002X"
"""The sample number of GB 11643-1999 itself."""


async def clerk(database: Database, tenant: TenantId = SAMPLE_TENANT) -> Principal:
    return await add_person(database, f"admin-{tenant.hex[-8:]}", "admin", tenant=tenant)


def vault(folder: Path) -> Vault:
    return Vault(Settings(home=folder))


async def add(conn: Connection, name: str, *phones: str, tenant: TenantId = SAMPLE_TENANT, **more: Any) -> UUID:
    keys = more.pop("vault", None)
    new = creation.NewCustomer(name, phones=phones, **more)
    return await creation.add(conn, tenant, new, vault=keys)


async def shown(conn: Connection, id_: UUID, tenant: TenantId = SAMPLE_TENANT) -> dict[str, Any]:
    return dict(await service.card(conn, tenant, id_))

"""Classes, custom fields and tags over HTTP. Everybody who sees customers reads them."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path
from pydantic import BaseModel, ConfigDict, Field

from yuelai.customers.configure import service
from yuelai.customers.configure.model import CustomerClass, CustomField, FieldType
from yuelai.customers.texts import Code, Name, Short
from yuelai.identity.access import require
from yuelai.identity.model import Principal
from yuelai.platform.db import Database
from yuelai.platform.web import database

router = APIRouter(prefix="/api/v1", tags=["customers"])

Db = Annotated[Database, Depends(database)]
Reader = Annotated[Principal, Depends(require("customers.read"))]
Configurer = Annotated[Principal, Depends(require("customers.configure"))]
Color = Annotated[str, Field(pattern=r"^(#[0-9a-fA-F]{6}|[a-z]{1,20})$")]
PathCode = Annotated[str, Path(pattern=r"^[a-z][a-z0-9_]{0,31}$")]


class ClassBody(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: Name
    name_en: Name
    rank: Annotated[int, Field(ge=0, le=1000)]
    color: Color = "default"


class ClassRow(ClassBody):
    code: str


class ClassList(BaseModel):
    items: list[ClassRow]


class FieldRow(BaseModel):
    model_config = ConfigDict(extra="forbid")

    code: Code
    name: Name
    name_en: Name
    type: FieldType
    choices: Annotated[list[Name], Field(max_length=200)] = []
    required: bool = False
    position: Annotated[int, Field(ge=0, le=10_000)] = 0


class FieldChange(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: Name | None = None
    name_en: Name | None = None
    choices: Annotated[list[Name], Field(max_length=200)] | None = None
    required: bool | None = None
    position: Annotated[int, Field(ge=0, le=10_000)] | None = None


class FieldList(BaseModel):
    items: list[FieldRow]


class Tag(BaseModel):
    """`code` is what customers carry, and the name at the same time."""

    code: str
    name: str
    color: str


class TagBody(BaseModel):
    model_config = ConfigDict(extra="forbid")

    color: Color = "default"


class TagList(BaseModel):
    items: list[Tag]


@router.get("/customer-classes")
async def classes(principal: Reader, db: Db) -> ClassList:
    """The highest rank first."""
    async with db.transaction(principal.tenant_id) as conn:
        found = await service.classes(conn, principal.tenant_id)
    return ClassList(items=[ClassRow.model_validate(each, from_attributes=True) for each in found])


@router.put("/customer-classes/{code}", status_code=204)
async def put_class(code: PathCode, body: ClassBody, principal: Configurer, db: Db) -> None:
    async with db.transaction(principal.tenant_id) as conn:
        await service.put_class(conn, principal, CustomerClass(code=code, **body.model_dump()))


@router.get("/customer-fields")
async def fields(principal: Reader, db: Db) -> FieldList:
    async with db.transaction(principal.tenant_id) as conn:
        found = await service.fields(conn, principal.tenant_id)
    return FieldList(items=[FieldRow.model_validate(each, from_attributes=True) for each in found])


@router.post("/customer-fields", status_code=201)
async def add_field(body: FieldRow, principal: Configurer, db: Db) -> FieldRow:
    async with db.transaction(principal.tenant_id) as conn:
        await service.add_field(conn, principal, CustomField(**body.model_dump()))
    return body


@router.patch("/customer-fields/{code}")
async def change_field(code: PathCode, body: FieldChange, principal: Configurer, db: Db) -> FieldRow:
    """Everything but code and type, which the values that customers have depend on."""
    values: dict[str, Any] = {name: value for name, value in body.model_dump().items() if value is not None}
    async with db.transaction(principal.tenant_id) as conn:
        changed = await service.change_field(conn, principal, code, values)
    return FieldRow.model_validate(changed, from_attributes=True)


@router.delete("/customer-fields/{code}", status_code=204)
async def remove_field(code: PathCode, principal: Configurer, db: Db) -> None:
    async with db.transaction(principal.tenant_id) as conn:
        await service.remove_field(conn, principal, code)


@router.get("/customer-tags")
async def tags(principal: Reader, db: Db) -> TagList:
    async with db.transaction(principal.tenant_id) as conn:
        found = await service.tags(conn, principal.tenant_id)
    return TagList(items=[Tag(code=each["tag"], name=each["tag"], color=each["color"]) for each in found])


@router.put("/customer-tags/{tag}", status_code=204)
async def put_tag(tag: Short, body: TagBody, principal: Configurer, db: Db) -> None:
    async with db.transaction(principal.tenant_id) as conn:
        await service.put_tag(conn, principal, tag, body.color)


@router.delete("/customer-tags/{tag}", status_code=204)
async def remove_tag(tag: Short, principal: Configurer, db: Db) -> None:
    async with db.transaction(principal.tenant_id) as conn:
        await service.remove_tag(conn, principal, tag)

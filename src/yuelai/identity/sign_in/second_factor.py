"""Second factors of people: begun, confirmed, asked for, taken off."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Literal

from yuelai.identity.audit import audit
from yuelai.identity.model import Principal
from yuelai.identity.sign_in import repository, totp
from yuelai.identity.sign_in.errors import CodeWrong, FactorUnreadable, TotpAlreadyOn, TotpNotBegun
from yuelai.platform.ids import PersonId
from yuelai.platform.rewrap import SealedColumn
from yuelai.platform.secrets import CannotOpen, Secrets

if TYPE_CHECKING:
    from yuelai.platform.db import Connection

PURPOSE = "totp"
CODE: Literal["code"] = "code"
RECOVERY: Literal["recovery"] = "recovery"

SEALED = SealedColumn(
    name="second factors",
    table="second_factors",
    column="secret",
    key=("person_id",),
    purpose=PURPOSE,
    bound=lambda row: row["person_id"].bytes,
)


async def begin(conn: Connection, secrets: Secrets, principal: Principal) -> tuple[str, str]:
    """Make a secret that waits to be confirmed; return it and its `otpauth:` address. Raises `TotpAlreadyOn`."""
    secret = totp.new_secret()
    sealed = secrets.seal(PURPOSE, principal.person_id.bytes, secret.encode())
    if not await repository.begin_second_factor(conn, principal.person_id, sealed):
        raise TotpAlreadyOn()
    await audit(conn, principal, "totp.begun", f"person/{principal.person_id}")
    return secret, totp.uri(secret, principal.username)


async def confirm(conn: Connection, secrets: Secrets, principal: Principal, code: str, now: datetime) -> list[str]:
    """Put it on; return the recovery codes, told this once. Raises `TotpNotBegun`, `TotpAlreadyOn`, `CodeWrong`."""
    person = principal.person_id
    held = await repository.second_factor(conn, person)
    if held is None:
        raise TotpNotBegun()
    if held["confirmed_at"] is not None:
        raise TotpAlreadyOn()
    step = totp.step_of(_open(secrets, person, held["secret"]), code, now)
    if step is None:
        raise CodeWrong()
    await repository.confirm_second_factor(conn, person, now)
    await repository.take_step(conn, person, step)
    codes = totp.new_recovery_codes()
    await repository.put_recovery_codes(conn, person, [totp.recovery_hash(each) for each in codes])
    await audit(conn, principal, "totp.on", f"person/{person}")
    return codes


async def take(
    conn: Connection, secrets: Secrets, person: PersonId, code: str, now: datetime
) -> Literal["code", "recovery"] | None:
    """Use up a code, or a recovery code; None when it is wrong or was used. The row lock makes replays wait."""
    held = await repository.second_factor(conn, person)
    if held is None or held["confirmed_at"] is None:
        return None
    if totp.is_recovery_code(code):
        return RECOVERY if await repository.take_recovery_code(conn, person, totp.recovery_hash(code)) else None
    step = totp.step_of(_open(secrets, person, held["secret"]), "".join(code.split()), now)
    if step is None or step <= held["last_step"]:
        return None
    await repository.take_step(conn, person, step)
    return CODE


async def remove(conn: Connection, principal: Principal, person: PersonId) -> bool:
    """Take somebody's second factor off, with the recovery codes; false when there was none."""
    removed = await repository.remove_second_factor(conn, person)
    if removed:
        await audit(conn, principal, "totp.off", f"person/{person}")
    return removed


def _open(secrets: Secrets, person: PersonId, sealed: bytes) -> str:
    try:
        return secrets.open(PURPOSE, person.bytes, sealed).decode()
    except CannotOpen:
        raise FactorUnreadable() from None

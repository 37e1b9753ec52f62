"""What becomes of each row of a batch. Pure; dry run and real run ask the same question, hence count the same."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from yuelai.customers import erased
from yuelai.customers.bulk import plan
from yuelai.customers.bulk.model import Change, Current, Incoming
from yuelai.customers.bulk.write import OWN_NUMBER
from yuelai.customers.imports.model import Rejection
from yuelai.customers.imports.normalise import MESSAGES, mask

_WHAT = {"phone": "phone number", "account": "account number", "id_number": "id number", "no": "customer number"}


@dataclass(frozen=True)
class Rules:
    key: str
    on_match: str
    key_column: str | None = None


@dataclass(frozen=True)
class Known:
    """What the database says about the rows of a batch."""

    matches: Mapping[str, list[UUID]]
    customers: Mapping[UUID, Current]
    numbers: set[str]
    """Customer numbers that are taken."""
    claimed: Mapping[bytes, int]
    """Which earlier line of the file spoke of whom."""
    erased: Mapping[int, str] = field(default_factory=dict)
    """Lines that speak of somebody who was erased, with the value that tells."""


@dataclass
class Outcome:
    create: list[Incoming] = field(default_factory=list)
    change: list[tuple[Change, Current]] = field(default_factory=list)
    unchanged: int = 0
    skipped: int = 0
    rejected: list[Rejection] = field(default_factory=list)
    told: list[Rejection] = field(default_factory=list)
    """Rows that are counted as skipped, and in the report nevertheless."""
    claims: dict[bytes, int] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.create) + len(self.change) + self.unchanged + self.skipped + len(self.rejected)


def claim(kind: str, value: str) -> bytes:
    """Return a short name for something one line of a file may speak of."""
    return hashlib.blake2b(f"{kind}\n{value}".encode(), digest_size=16).digest()


def claims_of(row: Incoming, rules: Rules) -> dict[bytes, str]:
    """Return the row's claims with what they are of; none where every row is a new customer."""
    found = {}
    if rules.key != "none" and rules.on_match != "add":
        found = {claim(rules.key, value): rules.key for value in row.keys(rules.key)}
    if row.no is not None:
        found[claim("no", row.no)] = "no"
    return found


def decide(rows: Sequence[Incoming | Rejection], rules: Rules, known: Known, index: Callable[[str], bytes]) -> Outcome:
    """`index` is the blind index of id numbers. Every row is counted exactly once."""
    done = Outcome()
    for row in rows:
        if isinstance(row, Rejection):
            done.rejected.append(row)
        else:
            _decide(row, rules, known, index, done)
    return done


def _decide(row: Incoming, rules: Rules, known: Known, index: Callable[[str], bytes], done: Outcome) -> None:
    def reject(code: str, message: str | None = None, column: str | None = None, value: str | None = None) -> None:
        done.rejected.append(Rejection(row.line, column, code, value and mask(value), message or MESSAGES[code]))

    claims = claims_of(row, rules)
    keys = row.keys(rules.key) if rules.key != "none" and rules.on_match != "add" else []
    people = {id_ for value in keys for id_ in known.matches.get(value, ())}
    gone = known.erased.get(row.line)
    if gone is not None and not _anew(row, people, rules, known, index):
        done.skipped += 1
        done.told.append(Rejection(row.line, None, erased.CODE, mask(gone), erased.MESSAGE))
        return
    if len(people) == 1:
        claims[claim("customer", next(iter(people)).hex)] = rules.key
    for each, what in claims.items():
        earlier = done.claims.get(each) or known.claimed.get(each)
        if earlier is not None:
            if rules.on_match == "skip":
                done.skipped += 1
            else:
                message = f"Line {earlier} has the same {_WHAT[what]} or is the same customer."
                reject("duplicate_in_file", message, rules.key_column, keys[0] if keys else row.no)
            return
    if people and rules.on_match == "skip":
        done.skipped += 1
    elif len(people) > 1:
        message = f"{len(people)} customers have this {_WHAT[rules.key]}."
        reject("several_customers", message, rules.key_column, keys[0])
        return
    elif people:
        was = known.customers.get(next(iter(people)))
        if was is None:
            reject("customer_gone", "The customer was erased.", rules.key_column, keys[0])
            return
        found = plan.change(was, row, index)
        if found:
            done.change.append((found, was))
        else:
            done.unchanged += 1
    elif row.name is None:
        reject("name_missing")
        return
    elif row.no is not None and (row.no in known.numbers or OWN_NUMBER.fullmatch(row.no)):
        message = "There is no customer with this number, and numbers of this form are given by the system."
        code = "number_taken" if row.no in known.numbers else "unknown_number"
        reject(code, "The number belongs to another customer." if code == "number_taken" else message, None, row.no)
        return
    else:
        done.create.append(row)
    done.claims.update(dict.fromkeys(claims, row.line))


def _anew(row: Incoming, people: set[UUID], rules: Rules, known: Known, index: Callable[[str], bytes]) -> bool:
    if rules.on_match == "skip":
        return bool(people)
    return len(people) == 1 and erased.anew(row, known.customers.get(next(iter(people))), index)

"""A flow: a graph of nodes as data. Each node says what it does and where it goes; nothing here does anything yet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True)
class SayItem:
    """One thing to say: a prompt's name, or an expression whose value is spoken: money, digits, number, date, text."""

    kind: Literal["prompt", "money", "digits", "number", "date", "text"]
    text: str
    currency: str = "CNY"
    """Of money: ISO 4217."""


@dataclass(frozen=True)
class Node:
    """What all kinds have. `label` is shown in the trail; `say` is said on entering."""

    name: str
    label: str = ""
    say: tuple[SayItem, ...] = ()


@dataclass(frozen=True)
class Say(Node):
    """A key cuts it short unless it is not `interruptible` (a legal notice, say); with `by_speech` a word too."""

    next: str = ""
    interruptible: bool = True
    by_speech: bool = False


@dataclass(frozen=True)
class Notice(Node):
    """What must have been said, that the contact is recorded, say: to its end, unless it is `interruptible`."""

    next: str = ""
    interruptible: bool = False


@dataclass(frozen=True)
class Consent(Node):
    """Asks whether the contact may be recorded: key 1 is yes, 2 no. Without an answer it is no. The variable `consent`
    is the answer."""

    next: str = ""
    first_timeout: float = 5.0


@dataclass(frozen=True)
class Hours(Node):
    """Goes on by the hours of a queue; `holiday` empty is as `closed`. It is `open` when that cannot be found out."""

    queue: str = ""
    open: str = ""
    closed: str = ""
    holiday: str = ""


@dataclass(frozen=True)
class Choice:
    next: str
    label: str = ""


@dataclass(frozen=True)
class Menu(Node):
    """One key decides. `repeat` says the menu again without counting as a mistake; `silence` is where no answer leads
    at once, instead of asking again. Time-out in seconds."""

    choices: Mapping[str, Choice] = field(default_factory=dict)
    repeat: str = ""
    silence: str = ""
    first_timeout: float = 5.0


@dataclass(frozen=True)
class Collect(Node):
    """Takes `minimum` to `maximum` keys into the variable `save`; `secret` ones never reach the trail."""

    save: str = ""
    minimum: int = 1
    maximum: int = 20
    terminators: str = "#"
    first_timeout: float = 5.0
    next_timeout: float = 3.0
    secret: bool = False
    next: str = ""


@dataclass(frozen=True)
class LookUpNode(Node):
    """Asks a business system; `arguments` are expressions, the answer goes into the variable `save`."""

    lookup: str = ""
    arguments: Mapping[str, str] = field(default_factory=dict)
    save: str = ""
    next: str = ""
    failed: str = ""


@dataclass(frozen=True)
class Case:
    when: str
    next: str


@dataclass(frozen=True)
class Condition(Node):
    cases: tuple[Case, ...] = ()
    otherwise: str = ""


@dataclass(frozen=True)
class Set(Node):
    """`values` are expressions."""

    values: Mapping[str, str] = field(default_factory=dict)
    next: str = ""


@dataclass(frozen=True)
class Language(Node):
    language: str = ""
    next: str = ""


@dataclass(frozen=True)
class Queue(Node):
    """Ends the flow: to an agent. `attributes` are expressions and go along."""

    queue: str = ""
    attributes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class HangUpNode(Node):
    """Ends the flow; `served` when the customer has got what they came for."""

    served: bool = False


@dataclass(frozen=True)
class Handlers:
    """What happens everywhere unless all goes well. After `attempts` wrong or missing inputs in one node the flow goes
    to `failed`; on any error of the flow itself to `error`, which must end the flow."""

    failed: str
    error: str
    attempts: int = 3
    no_input: tuple[SayItem, ...] = ()
    no_match: tuple[SayItem, ...] = ()


@dataclass(frozen=True)
class Flow:
    """`maximum_steps` bounds the nodes one contact may pass. With `early` a caller hears it before being answered,
    until keys are asked for or an agent answers: who is only told something pays for no call."""

    id: str
    version: int
    start: str
    handlers: Handlers
    nodes: Mapping[str, Node]
    name: str = ""
    maximum_steps: int = 200
    early: bool = False


def exits(node: Node) -> list[str]:
    """Return the names of the nodes that may follow, without the global handlers."""
    if isinstance(node, Menu):
        return [*(choice.next for choice in node.choices.values()), *([node.silence] if node.silence else [])]
    if isinstance(node, Condition):
        return [*(case.next for case in node.cases), node.otherwise]
    if isinstance(node, LookUpNode):
        return [node.next, node.failed]
    if isinstance(node, Hours):
        return [node.open, node.closed, *([node.holiday] if node.holiday else [])]
    if isinstance(node, Say | Notice | Consent | Collect | Set | Language):
        return [node.next]
    return []


def ends(node: Node) -> bool:
    return isinstance(node, Queue | HangUpNode)


def waits(node: Node) -> bool:
    """Whether the customer must do something before the flow goes on."""
    return isinstance(node, Menu | Collect | Consent)

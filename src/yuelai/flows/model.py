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
    """What all kinds have. `label` is shown in the trail; `say` is said on entering. Who comes to a node with a
    `business` calls about that from now on."""

    name: str
    label: str = ""
    say: tuple[SayItem, ...] = ()
    business: str = ""


@dataclass(frozen=True)
class Say(Node):
    """A key cuts it short unless it is not `interruptible` (a legal notice, say); with `by_speech` a word too. Once it
    has been said to its end, a customer has got what they came for if it is `served`."""

    next: str = ""
    interruptible: bool = True
    by_speech: bool = False
    served: bool = False


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
    """`words` are what a customer may say or write instead of the key."""

    next: str
    label: str = ""
    words: tuple[str, ...] = ()


@dataclass(frozen=True)
class Menu(Node):
    """One key decides, and goes into the variable `save`. `repeat` says the menu again without counting as a mistake;
    `silence` is where no answer leads at once, instead of asking again. Time-out in seconds."""

    choices: Mapping[str, Choice] = field(default_factory=dict)
    repeat: str = ""
    silence: str = ""
    first_timeout: float = 5.0
    save: str = ""


@dataclass(frozen=True)
class Collect(Node):
    """Takes `minimum` to `maximum` keys into the variable `save`; `secret` ones never reach the trail. With `confirm`
    they are said back, to be agreed to. With `as_amount` the star is the point of a sum of money, and the variable is
    minor units."""

    save: str = ""
    minimum: int = 1
    maximum: int = 20
    terminators: str = "#"
    first_timeout: float = 5.0
    next_timeout: float = 3.0
    secret: bool = False
    confirm: bool = False
    as_amount: bool = False
    next: str = ""


@dataclass(frozen=True)
class Verify(Node):
    """Asks for the customer's PIN, or `by` a code that is sent to them first. The variable `verified` says whether it
    was right, at whatever exit, `code` what became of sending one; PIN and code themselves are kept nowhere. `wrong` is
    said before it is asked for again, instead of the handlers' words. `none` is for who has no PIN; empty is as
    `failed`."""

    by: Literal["pin", "code"] = "pin"
    minimum: int = 4
    maximum: int = 8
    wrong: tuple[SayItem, ...] = ()
    next: str = ""
    failed: str = ""
    locked: str = ""
    none: str = ""


@dataclass(frozen=True)
class Rating(Node):
    """Asks how satisfied the customer is, 1 to `maximum`. The variable `rating` is the answer, null without one."""

    maximum: int = 5
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
class Pay(Node):
    """Pays onto `account`: `amount` in minor units, or with the `card` of that number. All three are expressions.
    `unknown` is where it leads when nobody can say whether it was paid; what is no amount above 0 is not asked for and
    leads to `failed`. Who has paid has got what they came for if it is `served`."""

    account: str = ""
    amount: str = ""
    card: str = ""
    save: str = ""
    served: bool = False
    next: str = ""
    failed: str = ""
    unknown: str = ""


@dataclass(frozen=True)
class Record(Node):
    """Takes a message for the `queue`, kept whether the customer goes on or hangs up; `save` gets its `{seconds}`. It
    leads to `failed` when nothing was said, or nothing can be recorded."""

    queue: str = ""
    maximum_seconds: int = 180
    save: str = ""
    served: bool = False
    next: str = ""
    failed: str = ""


@dataclass(frozen=True)
class Message(Node):
    """Sends a message by a `template`, to the number that the expression `to` gives; `values` of it are expressions,
    too. `save` gets `{ok, reason}`."""

    template: str = ""
    to: str = "ani"
    values: Mapping[str, str] = field(default_factory=dict)
    save: str = ""
    served: bool = False
    next: str = ""
    failed: str = ""


@dataclass(frozen=True)
class Callback(Node):
    """Has the customer called back at the number they call from."""

    next: str = ""
    failed: str = ""


@dataclass(frozen=True)
class SubFlow(Node):
    """Walks another flow with the same variables. Its hang-up comes back here, its queue ends all."""

    flow: str = ""
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
class Transfer(Node):
    """Ends the flow: to a number outside, `to` as it is dialled."""

    to: str = ""


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


Ending = Literal["served", "unserved", "queue", "transfer", "left", "failed"]


@dataclass(frozen=True)
class BusinessWalked:
    """One business that a contact was about, and what came of it; `unserved` is one that was neither served nor left
    before another one began, or before the flow hung up."""

    code: str
    outcome: Ending


@dataclass(frozen=True)
class Walked:
    """How one flow was walked, once it is over. `nodes` in order, the first 500; `last` is where it ended, `mistakes`
    the wrong and missing inputs of each node that had some; `seconds` from its start. A sub-flow has a `depth` above
    0. Who leaves after they have been served in it was `served`: what they got in the flow around it is not its own.

    Of the outermost flow alone: `served` tells whether they had got what they came for, wherever they went then, and
    `businesses` are what it was about, in order, the first 100, those of the flows inside included.
    """

    flow: str
    version: int
    nodes: tuple[str, ...]
    outcome: Ending
    last: str
    mistakes: Mapping[str, int]
    seconds: float
    depth: int = 0
    served: bool = False
    businesses: tuple[BusinessWalked, ...] = ()


MAXIMUM_DEPTH = 8
"""How many flows may be walked inside the outermost one, each within the other."""

CONFIRMING = ("you_entered", "confirm_or_again")
"""The prompts by which keys are said back: before them, and after."""

LOOKUPS: Mapping[type[Node], tuple[str, ...]] = {
    Pay: ("bss.pay",),
    Message: ("messages.send",),
    Callback: ("callback.book",),
}
VERIFYING: Mapping[str, tuple[str, ...]] = {
    "pin": ("identity.pin",),
    "code": ("identity.send_code", "identity.code"),
}


def lookups(node: Node) -> tuple[str, ...]:
    """Return the look-ups that the node asks."""
    if isinstance(node, LookUpNode):
        return (node.lookup,)
    return VERIFYING[node.by] if isinstance(node, Verify) else LOOKUPS.get(type(node), ())

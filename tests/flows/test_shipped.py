"""The flows that ship with the program: nothing is wrong with them, and what they say is there in both languages."""

from __future__ import annotations

import json
import re
from importlib import resources
from typing import Any

import pytest
import yaml

from yuelai.channels.voice.speech import PROMPTS
from yuelai.flows.checking import Known, called, check
from yuelai.flows.loader import shipped
from yuelai.flows.lookups import KINDS
from yuelai.flows.model import LOOKUPS

FOLDER = resources.files("yuelai.flows").joinpath("samples")
DOCUMENTS: dict[str, dict[str, Any]] = {
    name: json.loads(FOLDER.joinpath(f"{name}.json").read_text(encoding="utf-8")) for name in shipped()
}
SPOKEN = {language: {path.stem for path in (PROMPTS / language).glob("*.opus")} for language in ("zh-CN", "en")}
BUSINESSES = {
    *("bill", "payment", "order", "fault", "tariff"),
    *("outlet", "directory", "information", "complaint"),
}
QUEUES = ("general", "fault", "complaint", "vip", "power")


@pytest.mark.parametrize("name", DOCUMENTS)
def test_nothing_is_wrong_with_a_shipped_flow(name: str) -> None:
    known = Known(
        queues=QUEUES,
        prompts=SPOKEN["zh-CN"],
        english=SPOKEN["en"],
        flows=shipped().keys(),
        lookups={kind.name for kind in KINDS} | {name for names in LOOKUPS.values() for name in names},
        calls={code: called(flow) for code, flow in shipped().items()},
    )
    assert check(DOCUMENTS[name], known) == []
    assert DOCUMENTS[name]["id"] == name


def test_names_are_words_and_not_the_numbers_they_are_reached_by() -> None:
    for document in DOCUMENTS.values():
        assert re.search(r"\D", document["name"]), document["id"]
        for node, data in document["nodes"].items():
            assert data.get("label"), (document["id"], node)


def test_every_business_has_a_node_and_every_business_is_told_to_its_end_somewhere() -> None:
    nodes = [node for document in DOCUMENTS.values() for node in document["nodes"].values()]
    assert {node["business"] for node in nodes if "business" in node} == BUSINESSES
    for name in ("bills", "payment", "orders", "faults", "services", "complaint"):
        assert any(node.get("served") for node in DOCUMENTS[name]["nodes"].values() if node["kind"] != "hangup"), name


def test_the_way_back_serves_nobody() -> None:
    """Who was served has heard something."""
    for document in DOCUMENTS.values():
        for node, data in document["nodes"].items():
            assert data["kind"] != "hangup" or not data["served"] or data.get("say"), (document["id"], node)


def test_what_a_document_says_of_keys_stays() -> None:
    choices = DOCUMENTS["main"]["nodes"]["main_menu"]["choices"]
    assert {key: choice["next"] for key, choice in choices.items()} == {
        "1": "want_balance",
        "2": "faults",
        "3": "complaint",
        "4": "who",
        "5": "other_language",
        "6": "services",
        "0": "agent_hours",
    }


def test_an_offer_of_a_menu_is_a_choice_of_it() -> None:
    """A key that a prompt names is one that the menu has."""
    texts = yaml.safe_load((PROMPTS / "prompts.yaml").read_text(encoding="utf-8"))["sentences"]
    names = dict(zip("零一二三四五六七八九", "0123456789", strict=True)) | {"星号键": "*", "井号键": "#"}
    for document in DOCUMENTS.values():
        for node, data in document["nodes"].items():
            if data["kind"] != "menu":
                continue
            said = [texts[item]["zh-CN"] for item in data["say"] if isinstance(item, str) and item != "menu_language"]
            text = "".join(one if isinstance(one, str) else one["text"] for one in said)
            named = {names[key] for key in re.findall("按(星号键|井号键|[零一二三四五六七八九])", text)}
            assert named <= {*data["choices"], data.get("repeat", "")}, (document["id"], node)

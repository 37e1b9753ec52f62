"""Flows as files: JSON and YAML, out and in."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import yaml

from yuelai.flows.documents import MOST_BYTES, fit
from yuelai.flows.refusals import FileUnreadable


class _Plain(yaml.SafeLoader):
    """Only what JSON has as well, and no aliases: a few lines of them stand for gigabytes. Dates stay texts."""

    def compose_node(self, parent: Any, index: int) -> Any:
        if self.check_event(yaml.events.AliasEvent):
            raise yaml.YAMLError("aliases are not allowed here")
        return super().compose_node(parent, index)

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
        # Keys of a menu are written without quotes by many: 1 is the key '1'.
        return {
            str(key) if isinstance(key, int) and not isinstance(key, bool) else key: value
            for key, value in super().construct_mapping(node, deep=True).items()
        }


_Plain.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


class _Indented(yaml.SafeDumper):
    """Without aliases, as what is exported is imported again."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def to_json(document: Mapping[str, Any]) -> str:
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def to_yaml(document: Mapping[str, Any]) -> str:
    return yaml.dump(dict(document), Dumper=_Indented, allow_unicode=True, sort_keys=False, width=120)


def read(text: str) -> dict[str, Any]:
    """Return the document of a file, JSON or YAML. Raises `FileUnreadable`, `DocumentUnfit`."""
    if len(text.encode("utf-8", "replace")) > MOST_BYTES:
        raise FileUnreadable("longer than 512 KB")
    try:
        document = json.loads(text) if text.lstrip().startswith("{") else yaml.load(text, Loader=_Plain)  # noqa: S506
    except (ValueError, yaml.YAMLError, RecursionError, TypeError, AttributeError) as error:
        raise FileUnreadable(f"neither JSON nor YAML: {str(error)[:200]}") from None
    if not isinstance(document, dict):
        raise FileUnreadable("no flow is in it")
    return fit(document)

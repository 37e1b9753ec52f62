"""Settings: what is told to others, and that a wrong one is named."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from yuelai.platform.config import Settings


@pytest.mark.parametrize("bind", ["0.0.0.0", "::"])
def test_a_wildcard_is_bound_but_never_told_to_others(bind: str) -> None:
    assert Settings(bind=bind).advertised_address not in ("0.0.0.0", "::")


def test_the_public_address_is_told_whatever_is_bound() -> None:
    assert Settings(bind="0.0.0.0", public_address="198.51.100.7").advertised_address == "198.51.100.7"


def test_one_address_is_bound_and_told() -> None:
    assert Settings(bind="127.0.0.1").advertised_address == "127.0.0.1"


def test_a_setting_that_cannot_be_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("YUELAI_RTP_PORTS", "many")
    with pytest.raises(ValidationError, match="rtp_ports"):
        Settings()


def test_every_setting_stands_in_the_reference_with_its_words() -> None:
    reference = (Path(__file__).parents[2] / "docs" / "reference" / "settings.md").read_text()
    for name, field in Settings.model_fields.items():
        assert f"`YUELAI_{name.upper()}`" in reference
        assert field.description in reference

"""Settings: what is told to others, and that a wrong one is named."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from yuelai.entrypoints.centre import environment
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


def test_providers_of_openid_connect_are_gathered_by_their_codes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("YUELAI_OIDC_MY_CORP_ISSUER", "https://id.example.com")
    monkeypatch.setenv("YUELAI_OIDC_MY_CORP_CLIENT_ID", "yuelai")
    monkeypatch.setenv("YUELAI_OIDC_MY_CORP_CLIENT_SECRET", "hush")
    monkeypatch.setenv("YUELAI_OIDC", '{"other": {"issuer": "https://other.example.com", "client_id": "x"}}')
    settings = Settings()
    assert set(settings.oidc) == {"my_corp", "other"}
    assert settings.oidc["my_corp"].client_secret == "hush"
    assert "hush" not in repr(settings)
    # Every role gets exactly these.
    handed_on = environment(settings)["YUELAI_OIDC"]
    for name in ("ISSUER", "CLIENT_ID", "CLIENT_SECRET"):
        monkeypatch.delenv(f"YUELAI_OIDC_MY_CORP_{name}")
    monkeypatch.setenv("YUELAI_OIDC", handed_on)
    assert Settings().oidc == settings.oidc


def test_a_provider_without_an_issuer_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("YUELAI_OIDC_CORP_CLIENT_ID", "yuelai")
    with pytest.raises(ValidationError, match=r"oidc\.corp\.issuer"):
        Settings()

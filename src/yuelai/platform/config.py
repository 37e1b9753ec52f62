"""Every setting, typed. Read from the environment (`YUELAI_…`) and from `yuelai.toml`; the environment wins."""

from __future__ import annotations

import hashlib
import os
import socket
import stat
import tempfile
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field
from pydantic.fields import FieldInfo
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

WILDCARDS = ("0.0.0.0", "::")  # noqa: S104 - told apart, not bound


def _outward(wildcard: str) -> str:
    family, beyond = (
        (socket.AF_INET6, "2001:db8::1") if wildcard == "::" else (socket.AF_INET, "192.0.2.1")
    )  # documentation addresses (RFC 3849, RFC 5737)
    with socket.socket(family, socket.SOCK_DGRAM) as probe:
        try:
            # Connecting a UDP socket sends nothing; it only asks the routing table.
            probe.connect((beyond, 9))
            return str(probe.getsockname()[0])
        except OSError:
            return "::1" if wildcard == "::" else "127.0.0.1"


class OidcProvider(BaseModel):
    """A provider of OpenID Connect at which people may sign in, as `YUELAI_OIDC_<CODE>_…`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    issuer: str = Field(pattern=r"^https?://[^?#]+$", description="Its address, exactly as it names itself.")
    client_id: str = Field(min_length=1, description="What the centre is called there.")
    client_secret: str | None = Field(None, repr=False, description="None for a public client; PKCE is always used.")
    name: str = Field("", description="What stands on the button; the code if unset.")
    claim: Literal["email", "preferred_username"] = Field(
        "email",
        description="What people are known by: a verified `email`, or a `preferred_username` that is their user name "
        "(only where people cannot choose it themselves).",
    )


class OidcFromEnvironment(PydanticBaseSettingsSource):
    """Gathers `YUELAI_OIDC_<CODE>_<FIELD>` into `oidc`; the code is taken in small letters."""

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        return None, field_name, False

    def __call__(self) -> dict[str, Any]:
        providers: dict[str, dict[str, str]] = {}
        for name, value in os.environ.items():
            if name.startswith("YUELAI_OIDC_"):
                rest = name.removeprefix("YUELAI_OIDC_").lower()
                for field in OidcProvider.model_fields:
                    code = rest.removesuffix(f"_{field}")
                    if code and code != rest:
                        providers.setdefault(code, {})[field] = value
        return {"oidc": providers} if providers else {}


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="YUELAI_", toml_file="yuelai.toml", extra="forbid", frozen=True)

    home: Path = Field(Path(".yuelai"), description="Folder of everything that is kept: database, journal, recordings.")
    http_port: int = Field(8080, ge=1, le=65535, description="Port of the screens, the API and `/ws/sip`.")
    sip_port: int = Field(5060, ge=1, le=65534, description="SIP over UDP and TCP; over TLS on the port above it.")
    sip_tls_client_ca: Path | None = Field(
        None, description="PEM file of authorities; set, SIP peers over TLS must show a certificate of one of them."
    )
    sip_tls_ca: Path | None = Field(
        None, description="PEM file of authorities that certificates of trunks may be of, beside this machine's own."
    )
    sip_trace_hours: int = Field(
        72, ge=0, description="How long each SIP message of each call is kept, in hours; 0 keeps none."
    )
    sip_session_seconds: int = Field(
        1800,
        ge=0,
        le=86_400,
        description="How long a call may stand without a sign that both ends still know it (RFC 4028), in seconds; we "
        "ask for it on calls of ours. Less than 90 asks for none.",
    )
    seat_lost_seconds: int = Field(
        30,
        ge=1,
        le=3600,
        description="How long an agent's phone or browser may be gone until the agent is set aside, in seconds.",
    )
    media_workers: int = Field(
        0, ge=0, le=64, description="Processes that move sound, one for each core to use; 0: half of the cores."
    )
    media_legs: int = Field(
        0,
        ge=0,
        description="Most parties whose sound one of these processes carries; beyond, new calls are refused. 0: as "
        "many as its core and its ports allow.",
    )
    recording_format: Literal["opus", "wav"] = Field(
        "opus",
        description="What recordings are kept as once their call is over: Ogg Opus (15 to 25 MB an hour) or WAV "
        "(115 MB).",
    )
    turn_urls: str = Field(
        "",
        description="TURN servers that browsers may use to reach us, comma separated, e.g. "
        "`turn:turn.example.com:3478?transport=udp`.",
    )
    turn_secret: str | None = Field(
        None, repr=False, description="Secret shared with them (`static-auth-secret`): browsers get passwords of a day."
    )
    tts_url: str | None = Field(
        None,
        pattern=r"^https?://",
        description="Speech synthesis that speaks OpenAI's HTTP API, up to `/v1`; unset, the local voice if installed.",
    )
    tts_key: str | None = Field(None, repr=False, description="Its key, if it wants one.")
    tts_model: str = Field("tts-1", description="The model it is asked for.")
    tts_voice: str = Field("alloy", description="The voice it is asked for.")
    asr_url: str | None = Field(
        None,
        pattern=r"^https?://",
        description="Speech recognition that speaks OpenAI's HTTP API, up to `/v1`; unset, callers press keys only.",
    )
    asr_key: str | None = Field(None, repr=False, description="The key it wants, if any.")
    asr_model: str = Field("whisper-1", description="The model that recognises.")
    rtp_ports: str = Field("20000-29999", pattern=r"^\d+-\d+$", description="UDP port range for sound, both ends in.")
    bind: str = Field("127.0.0.1", description="Address the listeners bind to.")
    public_address: str | None = Field(None, description="Address offered in SDP and ICE; the bind address if unset.")
    database_url: str | None = Field(None, description="PostgreSQL DSN; unset, an embedded PostgreSQL is run.")
    master_key_file: Path | None = Field(None, description="Master key of all that is sealed; made in home if unset.")
    trunks: str = Field(
        "127.0.0.1",
        description="Addresses that may bring calls without digest, comma separated, each `HOST` or `HOST/PREFIX`.",
    )
    tls_cert: Path | None = Field(
        None, description="PEM file with the certificate chain for HTTPS and SIP over TLS; read anew when it changes."
    )
    tls_key: Path | None = Field(None, description="PEM file with its key.")
    public_url: str | None = Field(
        None,
        pattern=r"^https?://[^/?#]+$",
        description="How browsers reach the screens, e.g. `https://desk.example.com`; as the request says if unset.",
    )
    password_days: int = Field(0, ge=0, description="After how many days a password must be changed; 0: never.")
    lock_failures: int = Field(10, ge=3, description="After how many failed sign-ins in a row a person is locked out.")
    lock_minutes: int = Field(15, ge=1, description="How long, in minutes; an administrator can end it before.")
    oidc: dict[Annotated[str, Field(pattern=r"^[a-z0-9_]{1,40}$")], OidcProvider] = Field(
        default_factory=dict,
        description="Providers of OpenID Connect; see below. As one setting it is a JSON object by code.",
    )
    connector_hosts: str = Field(
        "",
        description="Business systems that may be asked over HTTP, comma separated, each `HOST` or `HOST:PORT`; "
        "`TENANT@HOST` for the tenant of that code only.",
    )
    bss_url: str | None = Field(
        None,
        pattern=r"^https?://[^/?#@]+(/[^?#]*)?$",
        description="Business support system that speaks TM Forum's APIs, up to `/tmf-api`: what customers have, owe "
        "and ordered is asked of it. Unset, it is read from the centre's own tables.",
    )
    bss_key: str | None = Field(None, repr=False, description="Bearer token it wants, if any.")
    bss_tenant: str = Field("", description="Code of the tenant whose customers it knows; empty: the operator's own.")
    order97_url: str | None = Field(
        None,
        pattern=r"^https?://[^/?#@]+(/[^?#]*)?$",
        description="Order interface of the same customers that speaks XML in GB18030; unset, flows order nothing by "
        "it.",
    )
    smsc_url: str | None = Field(
        None,
        pattern=r"^smpp://[^:@/\s]{1,15}:[^@/\s]{1,24}@[^@/?#\s]+$",
        repr=False,
        description="Provider of text messages that speaks SMPP 3.4, as `smpp://USER:PASSWORD@HOST:PORT`; unset, none "
        "are sent and flows are told so.",
    )
    smsc_from: str = Field(
        "",
        max_length=20,
        pattern=r"^[ -~]*$",
        description="Whom text messages say they are from, as the provider allows.",
    )
    source_folder: Path | None = Field(
        None, description="Folder with a folder for each tenant (its code), in which sources of customers read files."
    )
    log_level: str = Field("info", description="debug, info, warning or error.")
    log_json: bool = Field(True, description="Logs as JSON lines; false for people.")
    otlp_endpoint: str | None = Field(
        None, pattern=r"^https?://", description="Where traces go (OpenTelemetry, OTLP over HTTP); unset, none made."
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return (
            init_settings,
            OidcFromEnvironment(settings_cls),
            env_settings,
            TomlConfigSettingsSource(settings_cls),
        )

    @cached_property
    def folder(self) -> Path:
        """The home folder, absolute."""
        return self.home.expanduser().resolve()

    @cached_property
    def advertised_address(self) -> str:
        """What others are told to send to; bound to all addresses, the one this machine speaks to the world from."""
        address = self.public_address or self.bind
        return _outward(address) if address in WILDCARDS else address

    @cached_property
    def other_address(self) -> str | None:
        """Bound to `::`, hence to IPv4 and IPv6: what those are told who use not the kind of `advertised_address`."""
        if self.bind != "::":
            return None
        return _outward("0.0.0.0" if ":" in self.advertised_address else "::")  # noqa: S104 - asks the routing table

    @property
    def sip_tls_port(self) -> int:
        return self.sip_port + 1

    @property
    def rtp_range(self) -> tuple[int, int]:
        low, high = self.rtp_ports.split("-")
        return int(low), int(high)

    @property
    def media_worker_count(self) -> int:
        return self.media_workers or max(1, (os.cpu_count() or 1) // 2)

    def socket(self, role: str) -> Path:
        """Unix socket a role listens on. Lives in a short runtime folder: socket paths end at 108 bytes."""
        return runtime_folder(self.folder) / f"{role}.sock"


def runtime_folder(home: Path) -> Path:
    """Return the folder of the home's sockets: `home/run`, or a short private one when that path is too long.

    Socket paths end at 108 bytes on Linux, 104 on macOS; the longest name in the folder is PostgreSQL's lock file.
    """
    folder = home / "run"
    if len(os.fsencode(folder / ".s.PGSQL.5432.lock")) < 104:
        return folder
    mark = hashlib.sha256(os.fsencode(home)).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"yuelai-{os.geteuid()}-{mark}"


def private_folder(folder: Path) -> Path:
    """Make a folder only we can enter. Raises PermissionError if somebody else has put one there."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or (os.geteuid() != 0 and found.st_uid != os.geteuid()):
        raise PermissionError(f"{folder} belongs to somebody else")
    if stat.S_IMODE(found.st_mode) != 0o700:
        folder.chmod(0o700)
    return folder

"""Certificates of ours, read anew when their files change, so that nothing is started again for a new one."""

from __future__ import annotations

import ssl
import time
from collections.abc import Sequence
from pathlib import Path

import structlog

log = structlog.get_logger()

LOOK_SECONDS = 1.0
"""How often the files are looked at, at most; it happens when somebody connects."""

Stamp = tuple[tuple[int, int, int], ...]


class CertificateUnreadable(OSError):
    """A certificate, its key, or a list of authorities cannot be used; the message says which file and why."""


class ServerCertificate:
    """`context` is for servers and stays the same; each handshake gets the certificate that is in the files then."""

    def __init__(
        self,
        cert: Path,
        key: Path,
        *,
        client_ca: Path | None = None,
        protocols: Sequence[str] = (),
        every: float = LOOK_SECONDS,
    ) -> None:
        """With `client_ca` clients must show a certificate of one of these authorities; `protocols` are for ALPN.
        Raises CertificateUnreadable."""
        self._cert, self._key, self._client_ca, self._protocols, self._every = cert, key, client_ca, protocols, every
        self._stamp = _stamp(self._files)
        self._current = self._make()
        self._looked = time.monotonic()
        self.context = self._current
        self.context.sni_callback = self._choose

    @property
    def _files(self) -> list[Path]:
        return [path for path in (self._cert, self._key, self._client_ca) if path is not None]

    def _make(self) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        load_pair(context, self._cert, self._key)
        if self._client_ca is not None:
            load_authorities(context, self._client_ca)
            context.verify_mode = ssl.CERT_REQUIRED
        if self._protocols:
            context.set_alpn_protocols(list(self._protocols))
        return context

    def _choose(self, connection: ssl.SSLObject, _name: str | None, _context: ssl.SSLContext) -> None:
        self.look()
        if self._current is not self.context:
            connection.context = self._current

    def look(self) -> None:
        """Read the files again if they have changed. Those that do not fit together are not used, the old ones stay."""
        now = time.monotonic()
        if now - self._looked < self._every:
            return
        self._looked = now
        stamp = _stamp(self._files)
        if stamp == self._stamp:
            return
        self._stamp = stamp
        try:
            self._current = self._make()
        except CertificateUnreadable as error:
            log.error("certificate_not_renewed", why=str(error))
        else:
            log.info("certificate_renewed", file=str(self._cert))


class ClientTrust:
    """Contexts for connecting out: whom we trust, and what we show when a server asks who we are.

    Names are not checked here: what a name has to be is the protocol's business.
    """

    def __init__(self, *, extra_ca: Path | None = None, cert: Path | None = None, key: Path | None = None) -> None:
        """`extra_ca` comes beside the authorities of this machine. Nothing is read before it is needed."""
        self._extra_ca, self._cert, self._key = extra_ca, cert, key
        self._stamp: Stamp | None = None
        self._context: ssl.SSLContext | None = None

    @property
    def _files(self) -> list[Path]:
        return [path for path in (self._extra_ca, self._cert, self._key) if path is not None]

    def _make(self) -> ssl.SSLContext:
        context = ssl.create_default_context(ssl.Purpose.SERVER_AUTH)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.check_hostname = False
        context.verify_mode = ssl.CERT_REQUIRED
        if self._extra_ca is not None:
            load_authorities(context, self._extra_ca)
        if self._cert is not None and self._key is not None:
            load_pair(context, self._cert, self._key)
        return context

    def context(self) -> ssl.SSLContext:
        """Return one with what is in the files now; the last that could be read if they are broken.

        Raises CertificateUnreadable when there was never any that could.
        """
        stamp = _stamp(self._files)
        if self._context is None or stamp != self._stamp:
            self._stamp = stamp
            try:
                self._context = self._make()
            except CertificateUnreadable as error:
                if self._context is None:
                    raise
                log.error("certificate_not_renewed", why=str(error))
        return self._context


def load_pair(context: ssl.SSLContext, cert: Path, key: Path) -> None:
    try:
        # Without a password function OpenSSL would ask on the terminal for that of an encrypted key.
        context.load_cert_chain(cert, key, password=lambda: "")
    except FileNotFoundError:
        missing = cert if not cert.is_file() else key
        raise CertificateUnreadable(f"{missing} is not there") from None
    except ssl.SSLError as error:
        why = "key and certificate do not belong together" if "MISMATCH" in (error.reason or "") else "no readable PEM"
        raise CertificateUnreadable(f"{cert} with {key}: {why}") from None
    except OSError as error:
        raise CertificateUnreadable(f"{cert} with {key}: {error.strerror}") from None


def load_authorities(context: ssl.SSLContext, file: Path) -> None:
    try:
        context.load_verify_locations(file)
    except FileNotFoundError:
        raise CertificateUnreadable(f"{file} is not there") from None
    except OSError as error:  # SSLError is one
        raise CertificateUnreadable(f"{file}: no readable list of authorities ({error.strerror})") from None


def _stamp(files: Sequence[Path]) -> Stamp:
    stamps = []
    for path in files:
        try:
            found = path.stat()
        except OSError:
            stamps.append((0, 0, 0))
        else:
            stamps.append((found.st_mtime_ns, found.st_size, found.st_ino))
    return tuple(stamps)

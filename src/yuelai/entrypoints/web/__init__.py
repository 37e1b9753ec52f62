"""The web process: HTTP, screens and web sockets."""

from __future__ import annotations

import uvicorn

from yuelai.entrypoints.web.app import create_app
from yuelai.entrypoints.web.sip import MAX_MESSAGE
from yuelai.platform.certificates import ServerCertificate
from yuelai.platform.config import Settings


def run(settings: Settings) -> None:
    """Serve until told to end (SIGTERM, SIGINT); by HTTPS alone when there is a certificate.

    Raises CertificateUnreadable.
    """
    config = uvicorn.Config(
        create_app(settings),
        host=settings.bind,
        port=settings.http_port,
        loop="uvloop",
        # Compression would cost some 300 KB and most of the CPU of each socket, on networks that need none.
        ws_per_message_deflate=False,
        ws_max_size=2 * MAX_MESSAGE,
        ws_ping_interval=20,
        ws_ping_timeout=20,
        # Addresses are limits' keys here: nobody's header may change them.
        proxy_headers=False,
        server_header=False,
        access_log=False,
        log_config=None,
        timeout_graceful_shutdown=3,
    )
    if settings.tls_cert is not None and settings.tls_key is not None:
        config.ssl_certfile, config.ssl_keyfile = settings.tls_cert, settings.tls_key
        config.load()
        config.ssl = ServerCertificate(settings.tls_cert, settings.tls_key, protocols=("http/1.1",)).context
    uvicorn.Server(config).run()

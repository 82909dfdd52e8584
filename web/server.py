"""The real WSGI server: gunicorn with threads, so that a slow reader holds up nobody."""

import logging
from pathlib import Path
from typing import Any

from gunicorn.app.base import BaseApplication

from auditor.settings import Settings
from web import create_app


class _Server(BaseApplication):  # type: ignore[misc]
    """gunicorn configured by values, not by a file."""

    def __init__(self, db: Path, settings: Settings, options: dict[str, Any]) -> None:
        self._db, self._settings, self._options = db, settings, options
        super().__init__()

    def load_config(self) -> None:
        """Hand the options to gunicorn."""
        for name, value in self._options.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        """Return the application; called in each worker."""
        logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
        return create_app(self._db, self._settings)


def run(db: Path, settings: Settings, host: str, port: int, workers: int = 2) -> None:
    """Serve the archive *db* at *host*:*port* until stopped; raises StoreError when the archive cannot be used."""
    from web.security import secret_beside

    secret_beside(Path(db))  # made once, before several workers ask for it
    _Server(
        Path(db),
        settings,
        {
            "bind": f"[{host}]:{port}" if ":" in host else f"{host}:{port}",
            "workers": workers,
            "worker_class": "gthread",
            "threads": 64,  # slow readers hold a thread each; a buffering server in front (nginx) holds any number
            "timeout": 60,
            "graceful_timeout": 20,
            "keepalive": 15,
            "limit_request_line": 4094,
            "limit_request_fields": 60,
            "accesslog": None,  # addresses and names of readers are personal data
            "errorlog": "-",
            "forwarded_allow_ips": "127.0.0.1",
            "proc_name": "auditor",
        },
    ).run()

"""Pages for those who run the service: health, versions, metrics and the description of the interface."""

import shutil
import sqlite3
import threading
import time
from collections import Counter

from flask import Blueprint, Flask, Response, current_app, g, jsonify, request
from flask.typing import ResponseReturnValue

import auditor
from auditor.errors import StoreError
from auditor.judge import ruleset
from web import openapi, security
from web.storing import store

LOW_DISK = 200_000_000  # bytes; below it writing soon fails

blueprint = Blueprint("ops", __name__, url_prefix="/-")
_lock = threading.Lock()
_requests: Counter[tuple[str, str]] = Counter()
_seconds: Counter[str] = Counter()


def init_app(app: Flask) -> None:
    """Count the requests of *app* and serve its pages."""
    app.before_request(_started)
    app.after_request(_counted)
    app.register_blueprint(blueprint)


def _started() -> None:
    g.started = time.perf_counter()


def _counted(response: Response) -> Response:
    page = request.endpoint or "none"
    with _lock:
        _requests[page, f"{response.status_code // 100}xx"] += 1
        _seconds[page] += int((time.perf_counter() - g.get("started", time.perf_counter())) * 1_000_000)
    return response


@blueprint.get("/healthz")
@security.public
def healthz() -> ResponseReturnValue:
    """Return 200 when the database answers and there is room to write, else 503 with what is wrong."""
    problems = []
    free = shutil.disk_usage(current_app.config["DB"].parent).free
    try:
        store().db.execute("select count(*) from outlets").fetchone()
    except (StoreError, sqlite3.Error) as problem:
        problems.append(str(problem))
    if free < LOW_DISK:
        problems.append("Ổ đĩa gần đầy.")
    return jsonify(ok=not problems, problems=problems, disk_free_bytes=free), 503 if problems else 200


@blueprint.get("/versions")
@security.public
def versions() -> ResponseReturnValue:
    """Return what judges: program, rules and model; no more of the machine than that."""
    rules = ruleset.load()
    return jsonify(ok=True, auditor=auditor.__version__, rules=len(rules.rules), rules_digest=rules.digest, model_digest=None)


@blueprint.get("/metrics")
@security.public
def metrics() -> ResponseReturnValue:
    """Return counts in the Prometheus text format; request counts are those of this worker."""
    lines = ["# TYPE auditor_info gauge", f'auditor_info{{version="{auditor.__version__}"}} 1']
    for name, value in _stored().items():
        lines += [f"# TYPE {name} gauge", f"{name} {value}"]
    with _lock:
        lines.append("# TYPE auditor_http_requests_total counter")
        lines += [f'auditor_http_requests_total{{page="{p}",status="{s}"}} {n}' for (p, s), n in sorted(_requests.items())]
        lines.append("# TYPE auditor_http_seconds_total counter")
        lines += [f'auditor_http_seconds_total{{page="{p}"}} {n / 1_000_000:.6f}' for p, n in sorted(_seconds.items())]
    return Response("\n".join(lines) + "\n", content_type="text/plain; version=0.0.4; charset=utf-8")


def _stored() -> dict[str, int]:
    kept = store()
    return {
        "auditor_articles": kept.count_articles(),
        "auditor_articles_unread": kept.count_articles(verdict="unread"),
        "auditor_queue": kept.count_queue(),
        "auditor_disk_free_bytes": shutil.disk_usage(current_app.config["DB"].parent).free,
    }


@blueprint.get("/openapi.json")
@security.public
def openapi_json() -> ResponseReturnValue:
    """Return the OpenAPI 3.1 description made from the routes."""
    return jsonify(openapi.document(current_app))

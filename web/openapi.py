"""The OpenAPI 3.1 description, made from the routes and the fields that the pages return."""

import re
from typing import Any

from flask import Flask

import auditor
from auditor.model import CATEGORIES, KINDS, SEVERITIES
from web import security

_ARGUMENT = re.compile(r"<(?:(?P<kind>[a-z]+):)?(?P<name>[a-z_]+)>")
_TEXT = {"type": "string"}
_OPTIONAL = {"type": ["string", "null"]}
_PLACE = {"start": {"type": "integer"}, "end": {"type": "integer"}}

SCHEMAS: dict[str, Any] = {
    "Error": {
        "type": "object",
        "required": ["ok", "error", "errors", "status", "id"],
        "properties": {
            "ok": {"const": False},
            "error": _TEXT,
            "errors": {"type": "array", "items": _TEXT},
            "status": {"type": "integer"},
            "id": _TEXT,
        },
    },
    "Document": {
        "type": "object",
        "required": ["text"],
        "properties": {
            "id": _TEXT,
            "title": _OPTIONAL,
            "text": _TEXT,
            "kind": {"enum": list(KINDS)},
            "published": {"type": ["string", "null"], "format": "date"},
        },
    },
    "Finding": {
        "type": "object",
        "properties": {
            "id": _TEXT,
            "rule": _OPTIONAL,
            "category": {"enum": list(CATEGORIES)},
            "indicator": _TEXT,
            "severity": {"enum": list(SEVERITIES)},
            "field": {"enum": ["title", "text"]},
            **_PLACE,
            "text": _TEXT,
            "stance": {"enum": ["asserted", "quoted_unchallenged", "criticised", "neutral_mention"]},
            "counted": {"type": "boolean"},
            "needs_reviewer": {"type": "boolean"},
            "confidence": {"type": "number", "minimum": 0, "maximum": 1},
            "origin": {"enum": ["rule", "classifier", "both"]},
            "message": _TEXT,
            "explanation": _TEXT,
            "suggestions": {"type": "array", "items": _TEXT},
            "legal": {"type": "array", "items": _TEXT},
            "subject": {"enum": ["outlet", "advertiser", "employer", "commune"]},
            "speaker": {"type": ["integer", "null"]},
        },
    },
    "Audit": {
        "type": "object",
        "properties": {
            "id": _TEXT,
            "kind": {"enum": list(KINDS)},
            "title": _OPTIONAL,
            "law_date": {"type": "string", "format": "date"},
            "verdict": {"enum": ["clear", "advice", "review", "unread"]},
            "findings": {"type": "array", "items": {"$ref": "#/components/schemas/Finding"}},
            "people": {"type": "array", "items": {"type": "object"}},
            "groups": {"type": "array", "items": {"type": "object"}},
            "quotes": {"type": "array", "items": {"type": "object"}},
            "presence": {"type": "object"},
            "topics": {"type": "object"},
            "indicators": {"type": "object"},
            "engine": {"type": "object"},
            "unread": _OPTIONAL,
        },
    },
}


def document(app: Flask) -> dict[str, Any]:
    """Return the description of every address of *app* that answers with data."""
    paths: dict[str, Any] = {}
    for rule in sorted(app.url_map.iter_rules(), key=lambda r: r.rule):
        if not (rule.rule.startswith(("/api/", "/-/")) or rule.rule.endswith((".json", ".csv"))):
            continue
        path = _ARGUMENT.sub(r"{\g<name>}", rule.rule)
        view = app.view_functions[rule.endpoint]
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            summary = (view.__doc__ or "").strip().split("\n")[0]
            paths.setdefault(path, {})[method.lower()] = _operation(app, rule.endpoint, rule.rule, summary)
    return {
        "openapi": "3.1.0",
        "info": {"title": "auditor", "version": auditor.__version__, "description": "Fields are only added, never renamed or dropped."},
        "paths": paths,
        "components": {
            "schemas": SCHEMAS,
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer"},
                "session": {"type": "apiKey", "in": "cookie", "name": "auditor_session"},
            },
        },
    }


def _operation(app: Flask, endpoint: str, rule: str, summary: str) -> dict[str, Any]:
    if rule.endswith(".csv"):
        content: dict[str, Any] = {"text/csv": {"schema": _TEXT}}
    elif endpoint == "ops.metrics":
        content = {"text/plain": {"schema": _TEXT}}
    elif endpoint == "api.check":
        content = {"application/json": {"schema": {"$ref": "#/components/schemas/Audit"}}}
    else:
        content = {"application/json": {"schema": {"type": "object"}}}
    failure = {"description": "failure", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}}
    operation: dict[str, Any] = {
        "operationId": endpoint,
        "summary": summary,
        "parameters": [{"name": m["name"], "in": "path", "required": True, "schema": _TEXT} for m in _ARGUMENT.finditer(rule)],
        "responses": {"200": {"description": "done", "content": content}, "default": failure},
    }
    if endpoint == "api.check":
        schema = {"$ref": "#/components/schemas/Document"}
        operation["requestBody"] = {"required": True, "content": {"application/json": {"schema": schema}}}
    if security.allowed(app, endpoint) is not security.ANYONE:
        operation["security"] = [{"token": []}, {"session": []}]
        operation["x-roles"] = sorted(security.allowed(app, endpoint))
    return operation

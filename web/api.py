"""The interface for programs: POST /api/v1/check audits one text and keeps nothing."""


from flask import Blueprint, abort, jsonify, request
from flask.typing import ResponseReturnValue

from auditor.errors import ReadError
from auditor.judge import audit as judge
from web import security
from web.show import today
from web.words import _

blueprint = Blueprint("api", __name__)


@blueprint.post("/api/v1/check")
@security.allow()
@security.limiter.limit("600 per minute", key_func=security.reader)
def check() -> ResponseReturnValue:
    """Return the Audit of {id?, title?, text, kind?, published?}; other fields are left alone."""
    if not request.is_json:
        abort(415)
    record = request.get_json(silent=True)
    if not isinstance(record, dict):
        return security.error(400, _("Thân yêu cầu phải là một đối tượng JSON có trường “text”."))
    try:
        audited = judge.audit_record(record, today=today())
    except ReadError as problem:
        return security.error(400, str(problem))
    return jsonify(audited.to_dict())


security.csrf.exempt(check)  # it changes nothing, and takes only JSON, which no form of another site can send

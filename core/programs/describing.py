"""The endpoints for programs as paths and schemas of an OpenAPI document, made from their declarations."""

import re
from typing import Any

from core.programs.endpoints import OPERATIONS, V1, Operation

REFERENCE = "#/components/schemas/{model}"
SECURITY = {"program": {"type": "http", "scheme": "bearer", "description": "An access token made for one competition."}}
_PLACE = re.compile(r"<int:(\w+)>")
_REFUSALS = {
    "401": "`not_signed_in`: no token, or one that is unknown, expired or ended.",
    "403": "`not_allowed`: the token was not made for this, or for another competition.",
    "404": "`not_found`: no such thing, or nothing of it is public.",
    "409": "`result_changed`: another result was published since the first page; begin anew. `wrong_rows`: rows of the "
    "file are wrong, in `rows`; nobody was taken in. `wrong_state`: registration is over.",
    "422": "`wrong_query`: a parameter that is unknown or has no usable value.",
    "429": "`too_often`: wait as many seconds as `Retry-After` says.",
}


def paths() -> dict[str, Any]:
    """Every endpoint for programs by its path."""
    return {
        _PLACE.sub(r"{\1}", V1 + one.path): {"post" if one.takes_file else "get": _described(one)}
        for one in OPERATIONS.values()
    }


def _described(operation: Operation) -> dict[str, Any]:
    places = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "integer"}}
        for name in _PLACE.findall(operation.path)
    ]
    tag = {"ETag": {"description": "Of the content; send it as If-None-Match.", "schema": {"type": "string"}}}
    schema = {"$ref": REFERENCE.format(model=operation.answer.__name__)}
    content = {"application/json": {"schema": schema}}
    file = {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}
    return ({"requestBody": {"required": True, "content": file}} if operation.takes_file else {}) | {
        "operationId": operation.name,
        "summary": operation.summary,
        "description": f"Scope: `{operation.permission}`.",
        "security": [{"program": []}],
        "parameters": places + [one.described for one in operation.parameters],
        "responses": {
            "200": {"description": "As it stands.", "headers": tag, "content": content},
        }
        | ({} if operation.takes_file else {"304": {"description": "Nothing has changed."}})
        | _problems(operation),
    }


def _problems(operation: Operation) -> dict[str, Any]:
    content = {"application/problem+json": {"schema": {"$ref": REFERENCE.format(model="Problem")}}}
    may_clash = operation.takes_file or any(one.name == "digest" for one in operation.parameters)
    return {
        status: {"description": about, "content": content}
        for status, about in _REFUSALS.items()
        if status != "409" or may_clash
    }


def schemas() -> dict[str, Any]:
    """Every shape that these endpoints answer, by name."""
    found: dict[str, Any] = {}
    for operation in OPERATIONS.values():
        schema = operation.answer.model_json_schema(ref_template=REFERENCE, mode="serialization")
        found |= schema.pop("$defs", {})
        found[operation.answer.__name__] = schema
    return found

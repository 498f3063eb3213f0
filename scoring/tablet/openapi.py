"""The description of the HTTP interface, made from the very shapes that the views check and answer.

What judges' devices use is described here, what programs read with an access token in `core.programs`.
"""

from typing import Any

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue

from core.auth import public
from core.programs import describing
from scoring.sheets.saving import MOST_AT_ONCE
from scoring.tablet.payloads import PhotoBody, PhotoChangeBody, QueuedSave, SaveBody, SubmitBody, SyncBody
from scoring.timing.payloads import PressBody, PressesBody

bp = Blueprint("openapi", __name__)
SHAPES = (SaveBody, QueuedSave, SyncBody, SubmitBody, PhotoBody, PhotoChangeBody, PressBody, PressesBody)
REFERENCE = "#/components/schemas/{model}"

PROBLEM = {
    "type": "object",
    "required": ["status", "code", "detail"],
    "properties": {
        "type": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string", "description": "Stable; for programs."},
        "detail": {"type": "string", "description": "One sentence in the reader's language; for people."},
    },
    "additionalProperties": True,
}
ANSWER = {
    "type": "object",
    "required": ["key", "status"],
    "description": "201 with `revision`, or the status, `code` and further fields that the single save would get.",
    "properties": {
        "key": {"type": ["string", "null"]},
        "status": {"type": "integer"},
        "revision": {"type": "integer"},
        "code": {"type": "string"},
        "detail": {"type": "string"},
    },
    "additionalProperties": True,
}
SHEET = {
    "type": "object",
    "required": ["id", "blank", "draw_number", "state", "revision", "marks", "notes", "doubts"],
    "properties": {
        "id": {"type": "integer"},
        "blank": {"type": "string", "description": "Key in `blanks`."},
        "draw_number": {
            "type": ["integer", "string", "null"],
            "description": "All that a judge learns of the contestant: draw number, or the work's code as text.",
        },
        "entrant_status": {"enum": ["registered", "present", "absent", "withdrawn", "disqualified"]},
        "state": {"enum": ["open", "submitted", "confirmed"]},
        "revision": {"type": "integer"},
        "marks": {"type": "object", "additionalProperties": {"type": ["string", "null"]}},
        "notes": {"type": "object", "additionalProperties": {"type": "string"}},
        "doubts": {"type": "array", "items": {"type": "string"}},
        "rounds": {"type": "object", "description": "Aspect to the round of voting of its mark, from the second on."},
        "times": {"type": "object", "description": "Aspect to the moments of its stop watch, oldest first."},
        "due": {
            "type": "array",
            "description": "Votes asked for again: `aspect`, `round`, `reason`, and `earlier`, one's own mark before.",
            "items": {"type": "object", "required": ["aspect", "round", "reason", "earlier"]},
        },
        "reopened_for": {
            "type": ["array", "null"],
            "description": "The aspects that alone may change on a sheet that had been handed in; null: all.",
            "items": {"type": "string"},
        },
        "answers": {"type": "object", "description": "Aspect marked doubtful to the chief judge's newest answer."},
        "is_taken_over": {"type": "boolean", "description": "The marks are of the judge who sat here before."},
        "saved_at": {"type": ["string", "null"], "format": "date-time"},
        "submitted_at": {"type": ["string", "null"], "format": "date-time"},
        "confirmed_at": {"type": ["string", "null"], "format": "date-time"},
        "return_reason": {"type": "string"},
        "returned": {
            "type": ["object", "null"],
            "description": "Of an open sheet that came back: `by` whom, `at` when; `unlocked` if confirmed before.",
        },
        "photos": {"type": "object", "description": "Aspect to number of pictures, from whichever device they came."},
    },
}
BLANK = {
    "type": "object",
    "description": "A blank sheet: the aspects in the order of the paper with bounds, steps, options and benchmarks; "
    "`rule` says in the reader's language how a number becomes a mark.",
    "required": ["event", "module", "scheme_version_id", "required", "aspects", "total", "max"],
    "properties": {
        "event": {"type": "string"},
        "module": {"type": "string"},
        "scheme_version_id": {"type": "integer"},
        "required": {"type": "array", "items": {"type": "string"}},
        "judge_signs": {"type": "boolean", "description": "A sheet without the judge's signature is not taken."},
        "contestant_signs": {
            "type": "boolean",
            "description": "The contestant signs this sheet too, or the judge says why not.",
        },
        "aspects": {"type": "array", "items": {"type": "object", "required": ["id", "label", "kind"]}},
        "total": {"type": ["object", "null"]},
        "max": {"type": ["string", "null"]},
    },
}
SHEETS = {
    "type": "object",
    "required": ["judge", "competition", "other_devices", "blanks", "sheets"],
    "properties": {
        "judge": {"type": "object"},
        "competition": {"type": "object"},
        "other_devices": {"type": "integer"},
        "tidings": {"type": "string", "description": "That there are unseen notices, in words; empty if none."},
        "passed_on": {
            "type": "array",
            "description": "Seats that the judge had and others have now; nobody, if vacant.",
            "items": {
                "type": "object",
                "properties": {
                    "place": {"type": "string"},
                    "at": {"type": "string", "format": "date-time"},
                    "moved": {"type": "integer", "description": "Sheets that were not handed in."},
                    "is_vacant": {"type": "boolean"},
                },
            },
        },
        "blanks": {"type": "object", "additionalProperties": {"$ref": REFERENCE.format(model="Blank")}},
        "sheets": {"type": "array", "items": {"$ref": REFERENCE.format(model="Sheet")}},
    },
}
CLOCKS: dict[str, Any] = {
    "type": "object",
    "description": "Clocks of the modules that the judge keeps, or marks in once they have been begun.",
    "required": ["modules", "server_time"],
    "properties": {
        "modules": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["module_id", "event", "module", "allowed_seconds", "may_keep", "batches"],
            },
        },
        "server_time": {"type": "string", "format": "date-time"},
    },
}
REFUSALS = {
    "401": "`not_signed_in`: no valid cookie or token.",
    "403": "`foreign_sheet`, `foreign_photo`: another judge's. `handed_over`: to a substitute. `sheet_closed`: with "
    "`state`, `at`, `by`. `aspect_closed`: open for other aspects alone; with `aspects`. `forged`: from another site.",
    "404": "`not_found`: no such sheet.",
    "409": "`stale_revision`: another device was first; with the server's `revision`, `marks`, `notes`, `doubts`, "
    "`saved_at`. `scheme_changed`. `key_reused`. `too_many_photos`. `photo_taken_back`. `too_many_photo_changes`.",
    "422": "`bad_marks`: with `errors`, a sentence by aspect. `incomplete_sheet`, `revote_pending`: with `aspects`. "
    "`malformed`: with `errors`, what is wrong by place. `contestant_unsigned`. `bad_picture`.",
}


@bp.get("/api/openapi.json")
@public
def openapi() -> ResponseReturnValue:
    """The interface as an OpenAPI 3.1 document."""
    return jsonify(document())


def document() -> dict[str, Any]:
    """The OpenAPI document."""
    return {
        "openapi": "3.1.0",
        "info": {"title": "劳动和技能竞赛系统接口", "version": "1"},
        "security": [{"device": []}, {"token": []}],
        "paths": _paths() | describing.paths(),
        "components": {
            "schemas": _schemas() | describing.schemas(),
            "securitySchemes": _security() | describing.SECURITY,
        },
    }


def _security() -> dict[str, Any]:
    return {
        "device": {"type": "apiKey", "in": "cookie", "name": "signin", "description": "Set by the judge's link."},
        "token": {"type": "http", "scheme": "bearer", "description": "The same sign-in, shown by a program."},
    }


def _schemas() -> dict[str, Any]:
    schemas: dict[str, Any] = {"Problem": PROBLEM, "Answer": ANSWER, "Sheet": SHEET, "Blank": BLANK, "Sheets": SHEETS}
    schemas["Clocks"] = CLOCKS
    for shape in SHAPES:
        schema = shape.model_json_schema(ref_template=REFERENCE)
        schemas |= schema.pop("$defs", {})
        schemas[shape.__name__] = schema
    schemas["SyncBody"]["properties"]["saves"]["items"] = {"$ref": REFERENCE.format(model="QueuedSave")}
    return schemas


def _paths() -> dict[str, Any]:
    number = {"revision": {"type": "integer"}}
    handed_in = number | {"submitted_at": {"type": "string", "format": "date-time"}}
    answers = {"answers": {"type": "array", "items": {"$ref": REFERENCE.format(model="Answer")}}}
    return {
        "/scoring/sheets": {
            "get": {
                "summary": "All sheets of the judge who asks. Answers 304 to If-None-Match while nothing changed.",
                "responses": {"200": _json({"$ref": REFERENCE.format(model="Sheets")})} | _problems("401"),
            }
        },
        "/scoring/sheets/{sheet_id}/revisions": _post(
            "Store one save. The same key again gets the first answer and writes nothing.", "SaveBody", number
        ),
        "/scoring/sheets/{sheet_id}/submissions": _post(
            "Hand the sheet in. The same key again gets the first answer and writes nothing.", "SubmitBody", handed_in
        ),
        "/scoring/sheets/{sheet_id}/photos": _post(
            "Keep a picture of up to 4 MB; it is shrunk and loses its metadata. The same key again writes nothing.",
            "PhotoBody",
            {"number": {"type": "integer"}, "digest": {"type": "string"}, "aspect": {"type": "string"}},
        ),
        "/scoring/sheets/{sheet_id}/photo-changes": _post(
            "Hang one's own picture on another aspect of an open sheet, or take it back with null. Again: no change.",
            "PhotoChangeBody",
            {"aspect": {"type": ["string", "null"]}},
        ),
        "/scoring/sync": _sync(answers),
        "/scoring/clocks": {
            "get": {
                "summary": "The clocks of modules that concern the judge.",
                "responses": {"200": _json({"$ref": REFERENCE.format(model="Clocks")})} | _problems("401"),
            }
        },
        "/scoring/clocks/presses": _presses(answers),
    }


def _presses(answers: dict[str, Any]) -> dict[str, Any]:
    summary = (
        "Take presses of clocks, oldest first, each with its own answer; the clocks as they are then come with it."
    )
    post = _post(summary, "PressesBody", answers | CLOCKS["properties"])["post"]
    del post["parameters"]
    return {"post": post | {"responses": {"200": post["responses"]["201"]} | _problems("401", "422")}}


def _sync(answers: dict[str, Any]) -> dict[str, Any]:
    summary = f"Take up to {MOST_AT_ONCE} saves, oldest first, each with its own answer; none stops the others."
    post = _post(summary, "SyncBody", answers)["post"]
    del post["parameters"]
    responses = {"200": post["responses"]["201"]} | _problems("401", "409", "422")
    responses["409"] |= {"description": "`other_judge`: `judge_id` is not the judge who is signed in."}
    return {"post": post | {"responses": responses}}


def _post(summary: str, body: str, done: dict[str, Any]) -> dict[str, Any]:
    sheet = {"name": "sheet_id", "in": "path", "required": True, "schema": {"type": "integer"}}
    content = {"application/json": {"schema": {"$ref": REFERENCE.format(model=body)}}}
    responses = {"201": _json({"type": "object", "required": list(done), "properties": done})}
    request = {"required": True, "content": content}
    responses |= _problems(*REFUSALS)
    return {"post": {"summary": summary, "parameters": [sheet], "requestBody": request, "responses": responses}}


def _json(schema: dict[str, Any]) -> dict[str, Any]:
    return {"description": "On disk.", "content": {"application/json": {"schema": schema}}}


def _problems(*statuses: str) -> dict[str, Any]:
    content = {"application/problem+json": {"schema": {"$ref": REFERENCE.format(model="Problem")}}}
    return {status: {"description": REFUSALS[status], "content": content} for status in statuses}

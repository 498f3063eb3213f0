"""Whether a JSON value has the shape that an OpenAPI document says; of JSON Schema what our document uses, no more."""

import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any

KINDS: Mapping[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "integer": (int,),
    "boolean": (bool,),
    "null": (type(None),),
}
KNOWN = {
    *("$ref", "type", "anyOf", "enum", "const", "properties", "required", "additionalProperties", "items", "format"),
    *("title", "description", "default", "propertyNames"),
}


def faults(value: Any, schema: Mapping[str, Any], document: Mapping[str, Any], place: str = "$") -> Iterator[str]:
    """What is wrong with `value`, each with its place."""
    assert schema.keys() <= KNOWN, f"{place}: the check does not know {schema.keys() - KNOWN}"
    if "$ref" in schema:
        name = schema["$ref"].removeprefix("#/components/schemas/")
        yield from faults(value, document["components"]["schemas"][name], document, place)
    if "anyOf" in schema and all(list(faults(value, one, document, place)) for one in schema["anyOf"]):
        yield f"{place}: {value!r} is none of {schema['anyOf']}"
    if "enum" in schema and value not in schema["enum"]:
        yield f"{place}: {value!r} is none of {schema['enum']}"
    if "const" in schema and value != schema["const"]:
        yield f"{place}: {value!r} is not {schema['const']!r}"
    if "type" in schema:
        yield from _of_kind(value, schema, document, place)


def _of_kind(value: Any, schema: Mapping[str, Any], document: Mapping[str, Any], place: str) -> Iterator[str]:
    kind = schema["type"]
    is_kind = isinstance(value, KINDS[kind]) and not (kind == "integer" and isinstance(value, bool))
    if not is_kind:
        yield f"{place}: {value!r} is no {kind}"
    elif kind == "array":
        for number, item in enumerate(value):
            yield from faults(item, schema["items"], document, f"{place}[{number}]")
    elif kind == "object":
        yield from _object(value, schema, document, place)
    elif kind == "string":
        yield from _text(value, schema.get("format"), place)


def _object(
    value: Mapping[str, Any], schema: Mapping[str, Any], document: Mapping[str, Any], place: str
) -> Iterator[str]:
    properties, more = schema.get("properties", {}), schema.get("additionalProperties", True)
    yield from (f"{place}: {name} is missing" for name in schema.get("required", ()) if name not in value)
    for name, item in value.items():
        if name in properties:
            yield from faults(item, properties[name], document, f"{place}.{name}")
        elif more is False:
            yield f"{place}: {name} is not described"
        elif isinstance(more, dict):
            yield from faults(item, more, document, f"{place}.{name}")


def _text(value: str, form: str | None, place: str) -> Iterator[str]:
    try:
        if form == "date":
            date.fromisoformat(value)
        elif form == "date-time":
            assert datetime.fromisoformat(value).tzinfo is not None
            assert re.search(r"(Z|[+-]\d\d:\d\d)$", value)
    except (ValueError, AssertionError):
        yield f"{place}: {value!r} is no {form}"

"""JSON that others send: one that is nested beyond all use is no JSON, and not a fault of the server."""

from typing import Any

from flask.json.provider import DefaultJSONProvider


class JsonBodies(DefaultJSONProvider):
    """Flask's own way with JSON, but for bodies that would overrun the reader's stack."""

    def loads(self, s: str | bytes, **kwargs: Any) -> Any:
        """The value in `s`.

        Raises:
            ValueError: it is no JSON, or nested too deeply.
        """
        try:
            return super().loads(s, **kwargs)
        except RecursionError as error:
            raise ValueError("nested too deeply") from error

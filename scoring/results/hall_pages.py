"""The page for a screen in the hall: large, refreshed by itself, silent until something is published."""

from flask import Response, jsonify, render_template, request
from flask.typing import ResponseReturnValue

from core.auth import public
from scoring.live.waiting import WaitingRoom
from scoring.results.hall import hall_of, version_of
from scoring.results.pages import open_pages

ROOM = WaitingRoom(places=0, budget=20.0, least=4.0, most=60.0)
"""Screens in the hall, and everybody's telephone when the results are about to come: none of them waits."""


@open_pages.get("/results/<int:competition_id>/hall")
@public
def hall(competition_id: int) -> ResponseReturnValue:
    """Published results in slides; before that a page without any name."""
    return render_template(
        "scoring/hall.html",
        hall=hall_of(competition_id, request.args.get("event", type=int)),
        competition_id=competition_id,
    )


@open_pages.get("/results/<int:competition_id>/hall/version")
@public
def hall_version(competition_id: int) -> ResponseReturnValue:
    """Which results are published: 304 while nothing changed, and when to ask again; a screen may ask all day."""
    version = version_of(competition_id)
    response: Response = jsonify(version=version)
    response.headers["Cache-Control"] = "no-cache"
    response.set_etag(version)
    response.make_conditional(request)
    response.headers["Pause-Ms"] = str(int(ROOM.pause() * 1000))
    return response

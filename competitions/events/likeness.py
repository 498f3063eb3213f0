"""A new event like another one: form, occupation, prizes and modules; neither entrants nor panels."""

from competitions.models import Event, Module


def event_like(old: Event, competition_id: int) -> Event:
    """The other's facts and modules in a row of its own, which is in no session."""
    return Event(
        competition_id=competition_id,
        name=old.name,
        position=old.position,
        group_name=old.group_name,
        form=old.form,
        is_demonstration=old.is_demonstration,
        occupation_edition=old.occupation_edition,
        occupation_code=old.occupation_code,
        occupation_direction=old.occupation_direction,
        top_level=old.top_level,
        written_at_level=old.written_at_level,
        prize_rules=dict(old.prize_rules),
        modules=[
            Module(
                stage=module.stage,
                code=module.code,
                name=module.name,
                kind=module.kind,
                weight=module.weight,
                position=module.position,
            )
            for module in old.modules
        ],
    )

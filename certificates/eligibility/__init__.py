"""Who is eligible for what: flags with reasons from rule packs, for a person to decide on. Pure."""

from certificates.eligibility.answer import FLAGGED, NEEDS_FACTS, NOT_ELIGIBLE, Answer, Reason
from certificates.eligibility.assessing import assess, assess_each
from certificates.eligibility.case import Case, CaseError, Contestant, Event, Held, read_case

__all__ = [
    "FLAGGED",
    "NEEDS_FACTS",
    "NOT_ELIGIBLE",
    "Answer",
    "Case",
    "CaseError",
    "Contestant",
    "Event",
    "Held",
    "Reason",
    "assess",
    "assess_each",
    "read_case",
]

"""What the assessment says: a flag for a person to decide on, with every reason and its source. Never a grant."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from competitions.standards.model import CONFIDENCE, Citation
from core.messages import kept, message, said, said_again

FLAGGED = "flagged"
NEEDS_FACTS = "needs_facts"
NOT_ELIGIBLE = "not_eligible"

CLAUSE_NOT_SEEN = message("条款号未见")
SUMMARY = "〔摘要〕"


class Reason(NamedTuple):
    """One thing that was checked, with the words it rests on."""

    pack: str
    citation: Citation
    held: bool | None
    """None: not known, from the case or from the text."""
    finding: str
    """What was found, in one sentence."""
    missing: tuple[str, ...] = ()
    """Facts that would settle it."""

    def as_json(self) -> dict[str, object]:
        """The reason for a program, with the names of docs/formats/eligibility-case.md."""
        source = self.citation.source
        return {
            "pack": self.pack,
            "clause": self.citation.clause or CLAUSE_NOT_SEEN,
            "quote": self.citation.text if self.citation.verbatim else SUMMARY + self.citation.text,
            "verbatim": self.citation.verbatim,
            "source": source.address or source.document,
            "document": source.document,
            "verification": self.citation.confidence,
            "verification_text": CONFIDENCE[self.citation.confidence],
            "held": self.held,
            "finding": self.finding,
        }


class Answer(NamedTuple):
    """What follows for one contestant and one benefit under one pack."""

    contestant: str
    benefit: str
    """`promotion`, `honour` or `medal`."""
    decision: str
    pack: str
    to_level: int | None = None
    """Level digit of a promotion; 1 is the highest."""
    name: str | None = None
    """Title or medal."""
    verb: str | None = None
    authority: str | None = None
    reasons: tuple[Reason, ...] = ()
    missing: tuple[str, ...] = ()
    """Facts to find out, papers to bring, judgements that a person must make."""
    pack_version: int | None = None
    """Of an installation's own rules: which version was used."""

    def as_json(self) -> dict[str, object]:
        """The answer for a program, with the names of docs/formats/eligibility-case.md."""
        said: dict[str, object] = {"contestant": self.contestant, "benefit": self.benefit, "decision": self.decision}
        if self.benefit == "promotion":
            said["to_level"] = self.to_level
        else:
            said["name"] = self.name
        if self.pack_version is not None:
            said["pack_version"] = self.pack_version
        return said | {
            "pack": self.pack,
            "verb": self.verb,
            "authority": self.authority,
            "reasons": [reason.as_json() for reason in self.reasons],
            "missing": list(self.missing),
        }

    def as_record(self) -> dict[str, object]:
        """The answer as it is stored: that for a program, and beside each sentence how to say it in other languages."""
        reasons = [reason.as_json() | {"said": kept(reason.finding)} for reason in self.reasons]
        return self.as_json() | {"reasons": reasons, "missing_said": [kept(fact) for fact in self.missing]}


def finding_of(reason: Mapping[str, Any]) -> str:
    """What a stored reason found; one that was stored before sentences had languages is plain Chinese."""
    return said_again(reason.get("said", reason["finding"]))


def quote_of(reason: Mapping[str, Any]) -> str:
    """The words that a stored reason rests on; what is our summary says so in the reader's language."""
    quote = str(reason["quote"])
    return quote if reason["verbatim"] else said("〔摘要〕%(text)s", text=quote.removeprefix(SUMMARY))


def clause_of(reason: Mapping[str, Any]) -> str:
    """The clause of a stored reason, or that none was seen."""
    return said(CLAUSE_NOT_SEEN) if reason["clause"] == CLAUSE_NOT_SEEN else str(reason["clause"])


def missing_of(answer: Mapping[str, Any]) -> list[str]:
    """What is missing by a stored answer, as `finding_of` gives it."""
    return [said_again(fact) for fact in answer.get("missing_said", answer["missing"])]

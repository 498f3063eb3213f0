"""What a rule pack says, as frozen values: nothing here reads files or decides about a person."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction

from core.messages import said

DIMENSIONS: Mapping[str, str] = {
    "classes": said("级别与类别名称"),
    "minimum_field": said("最少实际参赛规模"),
    "groups": said("组别与身份"),
    "forms": said("单人、双人、三人与团体"),
    "honours": said("荣誉称号与奖章"),
    "promotion": said("技能等级晋升"),
    "repeat": said("往届获奖者"),
    "scoring": said("权重、合格线、去高去低、扣分与加时"),
    "ties": said("同分"),
    "prizes": said("奖项设置与舍入"),
    "team_formula": said("团体总分"),
    "notices": said("申诉与公示期限"),
    "papers": said("申报材料"),
    "certificates": said("发证单位与用章"),
    "filing": said("赛前备案"),
    "judges": said("裁判人数与资格"),
    "content": said("命题等级与来源"),
    "shared_rewards": said("团队分奖与教练"),
    "ratios": said("推荐批次的结构比例"),
}
"""What differs from text to text. A pack states each, or lists it under `unknown` or `outside`. Dates, sources and
reach of a pack (its `effective`, `sources`, `applies`) are needed always and therefore not in this list."""

LEVEL_NAMES: Mapping[int, str] = {
    5: said("初级工"),
    4: said("中级工"),
    3: said("高级工"),
    2: said("技师"),
    1: said("高级技师"),
}
LEVELS: Mapping[str, int] = {str(name): digit for digit, name in LEVEL_NAMES.items()}
"""Skill levels and the digit that a certificate carries: **1 is the highest**."""

OPEN_END = 10**9
"""The last place of a range that reaches to the end of the field."""

FORMS: Mapping[str, str] = {
    "single": said("单人"),
    "double": said("双人"),
    "triple": said("三人"),
    "team": said("团队"),
}

CONFIDENCE: Mapping[str, str] = {
    "A": said("发布机关页面或法律文本"),
    "B": said("报刊或通讯社报道，非文件原文"),
    "C": said("转载件，未与发布机关原文核对"),
    "S": said("政策文件"),
    "R": said("凭记忆或推得，未核实"),
}
"""How far a source may be trusted. Only A and S are text of an authority; R is never shown as verified."""


@dataclass(frozen=True, slots=True)
class Source:
    """A document or page that was read, and how far it may be trusted."""

    id: str
    document: str
    issuer: str | None
    number: str | None
    dated: date | None
    address: str | None
    confidence: str
    read_on: date | None
    """When it was read; None where nobody noted it."""
    last_still_valid_on: date | None
    """When somebody last saw that it still holds; None means that nobody looked."""


@dataclass(frozen=True, slots=True)
class Citation:
    """Where a value comes from."""

    source: Source
    clause: str | None
    text: str
    verbatim: bool
    """True when `text` is quoted; False when it is our summary of what the source says."""
    confidence: str
    """The source's mark, or a weaker one for a single value."""


@dataclass(frozen=True, slots=True)
class Effective:
    """When a pack holds."""

    start: date | None
    """First day; None where the text's date of entry is unknown."""
    end: date | None
    """Last day; None while no end has been seen."""
    reported: date | None
    """Day on which a source shows the rule in use, for packs without a known first day."""
    year: int | None
    """Set for one edition of a contest: it holds for a contest opened in that year and for no other."""
    edition: str | None = None
    """Set for one edition whose year is unknown: the programme's title must carry these words (第六届)."""


@dataclass(frozen=True, slots=True)
class Cited:
    """A value of any dimension that only alignment and the tables read."""

    value: object
    citation: Citation


@dataclass(frozen=True, slots=True)
class MinimumField:
    """The smallest number of actual participants for which rewards hold."""

    unit: str
    """`team` or `person`."""
    at_least: int
    below: str
    """`demonstration_only`, `no_honours` or `cancelled`."""
    citation: Citation


@dataclass(frozen=True, slots=True)
class Selector:
    """Which places a rule speaks of. Exactly one of the fields other than `perhaps` is filled."""

    ranks: Mapping[str, tuple[int, int]] | None = None
    """First and last place by form of event (`any` for all forms)."""
    share: Fraction | None = None
    """Places within this share of the ranked field."""
    prizes: tuple[str, ...] = ()
    everyone: bool = False
    unknown: bool = False
    """The text read does not say which places."""
    perhaps: "Selector | None" = None
    """Places for which the text can be read either way; they are asked about, never refused."""


@dataclass(frozen=True, slots=True)
class Conditions:
    """What must hold besides the place. Empty means: the text asks for nothing of the kind."""

    classes: tuple[str, ...] = ()
    identities: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    sex: str | None = None
    member: str | None = None
    """For double, triple and team events: `main` or `first_listed`; None means every member."""
    member_citation: "Citation | None" = None
    """Where the rule on members comes from, when not from the rule's own words."""
    passed: bool = False
    """Both parts, theory and practice, must be passed."""
    passed_total: bool = False
    """The total must reach the pass mark."""
    written_at_least: int | None = None
    """Level digit that the papers must have reached (smaller is higher)."""
    filed_with: str | None = None
    """Body with which the event must have been filed before the contest."""
    occupation_prefix: str | None = None
    events: tuple[str, ...] = ()
    review: tuple[str, ...] = ()
    """What the text leaves to a person's judgement (符合推荐条件 …); printed, never computed."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One sentence of a text: who gets what."""

    id: str
    select: Selector
    conditions: Conditions
    citation: Citation
    effective: Effective | None = None
    verb: str | None = "晋升"
    """The document's own word (授予, 核准后授予, 推荐申报 …); None where the text read does not give it."""
    authority: str | None = None


@dataclass(frozen=True, slots=True)
class PromotionRule:
    """Places → skill level. `target` None with `step` None: the text read does not name the level."""

    rule: Rule
    target: int | None
    step: int | None = None
    """Levels to rise from the present one, instead of a fixed target."""
    at_most: int | None = None
    """Highest level that a step may reach."""
    holders: Mapping[int, int] = field(default_factory=dict)
    """Present level → new level for those who hold the target already."""
    holders_unknown: bool = False
    """The text's sentence on holders was not seen."""
    holders_refused: Citation | None = None
    """The text forbids a further rise of holders, with these words."""


@dataclass(frozen=True, slots=True)
class HonourRule:
    """Places → title or medal, as a proposal to the authority."""

    rule: Rule
    name: str
    benefit: str
    """`honour` or `medal`."""
    never_repeated: Citation | None = None
    quota: str | None = None
    when: str | None = None


@dataclass(frozen=True, slots=True)
class PromotionLimits:
    """Limits on every promotion of a pack."""

    once_per_year: Citation | None = None
    minimum_ages: tuple[tuple[int, int], ...] = ()
    """(level digit, age): nobody below the age rises to the level."""
    ages_citation: Citation | None = None


@dataclass(frozen=True, slots=True)
class RepeatRule:
    """What the text does with former winners."""

    policy: str
    """`barred`, `barred_in_occupation`, `barred_in_items` or `cascade`."""
    titles: tuple[str, ...]
    """Empty: the text read does not name them, so any title held is asked about."""
    items: tuple[str, ...]
    citation: Citation


@dataclass(frozen=True, slots=True)
class PrizeStep:
    """One prize, from the top: by places, by number, by share of the field, or with unknown reach."""

    name: str
    also: tuple[str, ...]
    ranks: tuple[int, int] | None = None
    up_to_share: Fraction | None = None
    """Cumulative share of the field down to the last holder of this prize."""
    at_most_share: Fraction | None = None
    """An upper bound only: the text caps the share and leaves the number open."""


@dataclass(frozen=True, slots=True)
class PrizeScheme:
    """All prizes of a pack, best first."""

    steps: tuple[PrizeStep, ...]
    rounding: str | None
    """`down`, `half_up` or `up`; None where the text does not say."""
    citation: Citation


@dataclass(frozen=True, slots=True)
class Ratio:
    """What a group's part in one batch of recommendations must be. It says nothing about a single person."""

    group: str
    at_least: Fraction | None
    at_most: Fraction | None
    of: str | None
    """The part of the batch that it is counted on; None for the whole batch."""
    citation: Citation


@dataclass(frozen=True, slots=True)
class Applies:
    """For whom a pack is meant."""

    programmes: tuple[str, ...]
    containing: tuple[str, ...]
    by: str
    """`programme` (an edition of a contest), `region` (a measure) or `home` (only contestants from there)."""


@dataclass(frozen=True, slots=True)
class Pack:
    """The rules of one programme and edition, or of one region and period."""

    id: str
    title: str
    jurisdiction: str
    level: str
    confidence: str
    effective: Effective
    supersedes: str | None
    applies: Applies
    sources: Mapping[str, Source]
    unknown: frozenset[str]
    """Dimensions that the text should state and of which nobody has seen what it says."""
    outside: frozenset[str]
    """Dimensions that are not this text's matter; it leads to no answer about them."""
    classes: Mapping[str, tuple[str, ...]]
    """Class label → other words for it."""
    classes_citation: Citation | None
    minimum_field: MinimumField | None
    teachers: bool | None
    """Do teachers count as 职工? None: the text does not say."""
    promotion: tuple[PromotionRule, ...]
    limits: PromotionLimits
    honours: tuple[HonourRule, ...]
    repeat: tuple[RepeatRule, ...]
    prizes: PrizeScheme | None
    pass_mark: Decimal | None
    ratios: tuple[Ratio, ...]
    papers: Mapping[str, Cited]
    """Benefit name (or `*`) → papers asked for."""
    values: Mapping[str, Mapping[str, Cited]]
    """Dimension → name → value, for alignment and tables."""
    version: int | None = None
    """Which version of an installation's own rules this is; None for rules that come with the product."""

    def class_label(self, word: str) -> str | None:
        """The pack's own label for a class as a case names it; None for a class the pack does not know.

        The ending (赛, 竞赛, 大赛) does not matter: 区级, 区级赛 and 区级竞赛 are one class.
        """
        plain = _without_ending(word)
        for label, others in self.classes.items():
            if plain in {_without_ending(known) for known in (label, *others)}:
                return label
        return None


def _without_ending(word: str) -> str:
    for ending in ("竞赛", "大赛", "赛"):
        if word.endswith(ending) and word != ending:
            return word.removesuffix(ending)
    return word

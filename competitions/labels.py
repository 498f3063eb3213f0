"""The Chinese words by which pages call levels, forms, kinds and states."""

from flask_babel import lazy_gettext as _l

from competitions.models import EntrantStatus, Form, Level, ModuleKind

LEVEL_NAMES = {
    Level.NATIONAL: _l("国家级"),
    Level.PROVINCE: _l("省级"),
    Level.CITY: _l("市级"),
    Level.COUNTY: _l("县级"),
    Level.ENTERPRISE: _l("企业级"),
}
FORM_NAMES = {
    Form.SINGLE: _l("单人"),
    Form.DOUBLE: _l("双人"),
    Form.TRIPLE: _l("三人"),
    Form.TEAM: _l("团体"),
    Form.UNIT: _l("单位"),
}
STATUS_NAMES = {
    EntrantStatus.REGISTERED: _l("已报名"),
    EntrantStatus.PRESENT: _l("已到场"),
    EntrantStatus.ABSENT: _l("缺考"),
    EntrantStatus.WITHDRAWN: _l("弃权"),
    EntrantStatus.DISQUALIFIED: _l("取消资格"),
}
STATUS_TONES = {
    EntrantStatus.REGISTERED: "off",
    EntrantStatus.PRESENT: "done",
    EntrantStatus.ABSENT: "waiting",
    EntrantStatus.WITHDRAWN: "waiting",
    EntrantStatus.DISQUALIFIED: "blocked",
}
KIND_NAMES = {ModuleKind.JUDGED: _l("裁判评分"), ModuleKind.EXTERNAL: _l("外部成绩")}
LEVEL_OF_SKILL = {
    1: _l("一级/高级技师"),
    2: _l("二级/技师"),
    3: _l("三级/高级工"),
    4: _l("四级/中级工"),
    5: _l("五级/初级工"),
}

"""Invented people: names, units and document numbers that pass every check and belong to nobody."""

import random
from collections.abc import Iterator
from dataclasses import dataclass

from core.identity import check_character

CITIES = {
    "石家庄市": "130100",
    "唐山市": "130200",
    "秦皇岛市": "130300",
    "邯郸市": "130400",
    "邢台市": "130500",
    "保定市": "130600",
    "张家口市": "130700",
    "承德市": "130800",
    "沧州市": "130900",
    "廊坊市": "131000",
    "衡水市": "131100",
}
SMALL = {"定州市": "130682", "辛集市": "130181", "雄安新区": ""}
"""Delegations beside the eleven cities; 雄安新区 has no division code of its own."""
DELEGATIONS = CITIES | SMALL

SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎"
GIVEN = (
    "志强 国栋 建军 海燕 秀英 立新 文杰 晓东 红霞 德胜 宝山 振宇 佳怡 子轩 玉梅 金凤 连生 伟 敏 静 磊 洋 勇 艳 "
    "丽娟 俊杰 鹏飞 雪 涛 明辉 春生 永刚 凤霞 秋实 思远 一鸣 浩然 淑珍 建国 爱华 庆丰 占奎 喜文 长河 铁柱 凯旋"
).split()
RARE = ("王䶮", "李𫍯", "萧𡐓", "陈䲟", "张龘", "曹喆", "欧阳𬱖", "阿卜杜拉·买买提", "司马德胜", "上官淼")
UNITS = (
    "{city}第一建筑工程有限公司 {city}钢铁集团有限责任公司 {city}重型装备制造股份有限公司 {city}市政工程总公司 "
    "{city}热力集团有限公司 {city}港务集团机电设备安装工程分公司 {city}信息技术产业集团 {city}轨道交通运营有限公司"
).split(" ")
SEED = 2026
NATURES = ("非公企业", "公有制企业", "非公企业", "公有制企业", "机关事业单位", "")


@dataclass(frozen=True, slots=True)
class Invented:
    """A person who does not exist."""

    name: str
    document: str
    sex: str
    unit: str
    level: int
    phone: str

    @property
    def nature(self) -> str:
        """Who owns the unit, told from the number, so that no dice are thrown for it."""
        return NATURES[int(self.document[14:17]) % len(NATURES)]

    @property
    def is_migrant(self) -> str:
        """农民工, as stated; some say nothing."""
        return ("是", "否", "否", "")[int(self.document[13:16]) % 4]

    @property
    def is_new(self) -> str:
        """新就业形态劳动者, as stated; most say nothing."""
        return ("是", "否", "否", "否", "", "", "")[int(self.document[12:15]) % 7]


def invent(delegation: str, dice: random.Random, used: set[str]) -> Invented:
    """One more person of a delegation; names and numbers repeat nobody's in `used`, which grows."""
    name = next(n for n in _names(dice) if n not in used)
    area = DELEGATIONS[delegation] or "130629"
    is_man = dice.random() < 0.72
    document = next(d for d in _documents(area[:4] + "02", is_man, dice) if d not in used)
    used |= {name, document}
    city = delegation.removesuffix("市").removesuffix("新区")
    return Invented(
        name=name,
        document=document,
        sex="男" if is_man else "女",
        unit=dice.choice(UNITS).format(city=city),
        level=dice.choice((2, 3, 3, 3, 4, 4)),
        phone=f"139{dice.randrange(10**8):08}",
    )


def _names(dice: random.Random) -> Iterator[str]:
    while True:
        yield dice.choice(RARE) if dice.random() < 0.04 else dice.choice(SURNAMES) + dice.choice(GIVEN)


def _documents(area: str, is_man: bool, dice: random.Random) -> Iterator[str]:
    while True:
        born = f"{dice.randrange(1970, 2004)}{dice.randrange(1, 13):02}{dice.randrange(1, 29):02}"
        order = dice.randrange(500) * 2 + is_man
        body = f"{area}{born}{order:03}"
        yield body + check_character(body)

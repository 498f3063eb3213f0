"""What people call the parts of a layout that its data call by short words: items, font roles, styles, grounds."""

import re
from collections.abc import Mapping

from core.messages import message, said

KIND_NAMES: Mapping[str, str] = {
    "text": message("文字"),
    "paragraph": message("段落"),
    "qr": message("二维码"),
    "image": message("图片"),
    "ornament": message("装饰"),
    "seal": message("盖章处"),
}
ROLE_NAMES: Mapping[str, str] = {
    "title": message("标题字"),
    "body": message("正文字"),
    "strong": message("强调字"),
    "small": message("小字"),
}
STYLE_NAMES: Mapping[str, str] = {"award": message("奖项样式"), "polite": message("称谓样式")}
LAYOUT_NAMES: Mapping[str, str] = {
    "coach": message("优秀裁判员、优秀教练员"),
    "huiwen-gold": message("荣誉证书·回纹金"),
    "modern": message("荣誉证书·现代"),
    "organiser": message("优秀组织单位"),
    "plain-red": message("荣誉证书·朴素红"),
    "team": message("团体奖证书"),
}
"""Of the layouts that come with the product."""
BACKGROUND_NAMES: Mapping[str, str] = {
    "none": message("没有"),
    "huiwen-gold": message("回纹金框"),
    "red-border": message("朴素红框"),
    "modern-blue": message("现代蓝"),
    "team-ribbon": message("团体绶带"),
    "unit-plaque": message("单位奖牌"),
    "coach-olive": message("橄榄绿竖版"),
}
ORNAMENT_NAMES: Mapping[str, str] = {
    "emblem": message("徽饰"),
    "divider": message("分隔线"),
    "medal": message("奖章"),
}
ITEM_NAMES: Mapping[str, str] = {
    **KIND_NAMES,
    "band-award": message("奖项横幅"),
    "band-event": message("赛项横幅"),
    "body": message("正文"),
    "coach": message("指导教师"),
    "competition": message("竞赛名称"),
    "date": message("落款日期"),
    "date-only": message("落款日期（一个单位）"),
    "divider": message("分隔线"),
    "emblem": message("徽饰"),
    "how-to-verify": message("核验说明"),
    "issuer-1": message("第一落款单位"),
    "issuer-2": message("第二落款单位"),
    "issuer-only": message("落款单位（一个单位）"),
    "medal": message("奖章"),
    "members": message("队员名单"),
    "members-head": message("队员名单的标题"),
    "name": message("姓名"),
    "number": message("证书编号"),
    "qr": message("二维码"),
    "seal-1": message("第一盖章处"),
    "seal-2": message("第二盖章处"),
    "seal-only": message("盖章处（一个单位）"),
    "title": message("标题"),
    "title-latin": message("外文标题"),
    "unit": message("单位"),
    "url": message("核验网址"),
}
"""The ids that layouts of the product use; an organiser's own id is its own name."""
_NUMBERED = re.compile(r"(?P<base>.+)-(?P<number>\d+)")


def item_name(item: str) -> str:
    """What people call an item: by its id, and for a copy with its number; an id that nobody knows is its own name."""
    if item in ITEM_NAMES:
        return said(ITEM_NAMES[item])
    numbered = _NUMBERED.fullmatch(item)
    base = numbered["base"] if numbered else ""
    if numbered is None or base not in ITEM_NAMES:
        return item
    return said("%(name)s %(number)s", name=said(ITEM_NAMES[base]), number=numbered["number"])

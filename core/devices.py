"""A device as people tell it from others, from what its browser says of itself."""

import re

_SYSTEMS = (
    (re.compile(r"HarmonyOS ?([\d.]*)"), "HarmonyOS"),
    (re.compile(r"OpenHarmony ?([\d.]*)"), "HarmonyOS"),
    (re.compile(r"Android ([\d.]+)"), "Android"),
    (re.compile(r"(?:iPhone|CPU) OS ([\d_]+)"), "iOS"),
    (re.compile(r"Windows NT ([\d.]+)"), "Windows"),
    (re.compile(r"Mac OS X ([\d_.]+)"), "macOS"),
    (re.compile(r"Linux()"), "Linux"),
)
_BROWSERS = (
    (re.compile(r"MicroMessenger/([\d.]+)"), "微信"),
    (re.compile(r"HuaweiBrowser/(\d+)"), "华为浏览器"),
    (re.compile(r"Edg/(\d+)"), "Edge"),
    (re.compile(r"Firefox/(\d+)"), "Firefox"),
    (re.compile(r"Chrome/(\d+)"), "Chrome"),
    (re.compile(r"Version/(\d+)[\d.]* .*Safari"), "Safari"),
)


def device_words(user_agent: str) -> str:
    """A device as people tell it from others: Android 9 · Chrome 90; the beginning of the text if unknown."""
    words = []
    for kinds in (_SYSTEMS, _BROWSERS):
        for pattern, name in kinds:
            if match := pattern.search(user_agent):
                words.append(f"{name} {match[1].replace('_', '.')}".strip())
                break
    return " · ".join(words) or user_agent[:40]

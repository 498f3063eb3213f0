import pytest

from core.devices import device_words

TABLET = "Mozilla/5.0 (Linux; Android 9; SM-T510) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/90.0.4430 Safari/537.36"
IPAD = "Mozilla/5.0 (iPad; CPU OS 15_4 like Mac OS X) AppleWebKit/605.1.15 Version/15.4 Mobile/15E148 Safari/604.1"
HARMONY = "Mozilla/5.0 (Tablet; OpenHarmony 5.0) AppleWebKit/537.36 Chrome/114.0 Safari/537.36 HuaweiBrowser/14"
EDGE = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/120.0 Safari/537.36 Edg/120.0"


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (TABLET, "Android 9 · Chrome 90"),
        (IPAD, "iOS 15.4 · Safari 15"),
        (HARMONY, "HarmonyOS 5.0 · 华为浏览器 14"),
        (EDGE, "Windows 10.0 · Edge 120"),
        ("某种设备", "某种设备"),
    ],
)
def test_a_device_is_told_in_words(agent, words):
    assert device_words(agent) == words

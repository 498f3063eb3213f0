"""Chinese at the source, English beside it: which language a visitor reads, and messages in that language."""

from collections.abc import Mapping
from typing import Any

from babel import Locale, negotiate_locale
from flask import Flask, has_request_context, request
from flask_babel import Babel, get_locale, gettext

from core.errors import DomainError
from core.messages import Joined, Said

CHINESE, ENGLISH = "zh_Hans_CN", "en"
COOKIE = "language"
LANGUAGE_KEY = "competition.language"
"""Where the language is kept for the length of one request."""
_ALIASES = {"zh": CHINESE, "zh_cn": CHINESE, "zh_sg": CHINESE, "zh_hans": CHINESE, "zh_hk": CHINESE, "zh_tw": CHINESE}


def init_app(app: Flask) -> None:
    """Choose the language by cookie, then by the browser, else Chinese; times are Beijing's."""
    app.config["BABEL_DEFAULT_LOCALE"] = CHINESE
    app.config["BABEL_DEFAULT_TIMEZONE"] = "Asia/Shanghai"
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = "translations"
    Babel(app, locale_selector=chosen_language)
    app.template_filter("translated")(translated)
    app.jinja_env.finalize = translated
    app.context_processor(lambda: {"language_tag": language_tag(), "is_english": chosen_language() == ENGLISH})


def chosen_language() -> str:
    """The visitor's language. A Chinese browser never gets English (`best_match` would give it)."""
    if not has_request_context():
        return CHINESE
    if LANGUAGE_KEY not in request.environ:
        request.environ[LANGUAGE_KEY] = _choose()
    return str(request.environ[LANGUAGE_KEY])


def _choose() -> str:
    if request.cookies.get(COOKIE) in (CHINESE, ENGLISH):
        return str(request.cookies[COOKIE])
    wanted = [tag.replace("-", "_") for tag in request.accept_languages.values()]
    for tag in wanted:
        if tag.lower().startswith("zh"):
            return CHINESE
        if negotiate_locale([tag], [ENGLISH], aliases=_ALIASES):
            return ENGLISH
    return CHINESE


def language_tag() -> str:
    """For ``<html lang>``."""
    return "en" if chosen_language() == ENGLISH else "zh-CN"


def sentence(error: DomainError) -> str:
    """What `error` says, in the visitor's language."""
    return _spoken(error.message, error.params)


def translated(text: object) -> object:
    """A sentence of `core.messages` in the visitor's language; anything else, such as a name, as it is.

    Templates do this to every value that they print. A hidden field that is compared with Chinese later must
    therefore be given plain text.
    """
    if isinstance(text, Said):
        return _spoken(text.words, text.values)
    if isinstance(text, Joined):
        return str(gettext(text.separator)).join(str(translated(part)) for part in text.parts)
    return text


def _spoken(words: str, values: Mapping[str, object]) -> str:
    values = {name: translated(value) for name, value in values.items()}
    return str(gettext(words, **values) if values else gettext(words))


def locale() -> Locale | Any:
    """The visitor's locale, for dates and numbers."""
    return get_locale()

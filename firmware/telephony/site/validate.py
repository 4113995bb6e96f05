"""Plain values against the definition of the settings: all problems at once, in words that help.

Not responsible for rules between settings: `check.py`.
"""

import difflib
import re
from collections.abc import Iterator
from typing import Any

import msgspec
from msgspec import inspect

from firmware.telephony.site.describe import TAG, Setting, bare, choices, chosen, is_optional, settings, site_type
from firmware.telephony.site.problem import Place, Problem
from firmware.telephony.site.root import Site
from firmware.telephony.site.words import allowed_words, shown, type_words


def validated(value: Any) -> Site | list[Problem]:
    """The site that plain values describe, or everything that is wrong with them."""
    given = {} if value is None else value
    if problems := list(_problems(given, site_type(), ())):
        return problems
    return msgspec.convert(given, Site)


def _problems(value: Any, kind: inspect.Type, place: Place) -> Iterator[Problem]:
    """What is wrong with one value, and with all that is in it."""
    inner, extra = bare(kind)
    if value is None and is_optional(kind):
        return
    secret = bool(extra.get("secret"))
    options = choices(kind)
    if isinstance(bare(options[0])[0], inspect.StructType):
        yield from _section(value, kind, place)
        return
    inner = bare(options[0])[0]
    match inner, value:
        case inspect.VarTupleType(), list():
            yield from _size(value, options[0], place)
            for index, item in enumerate(value):
                yield from _problems(item, inner.item_type, (*place, index))
        case inspect.DictType(), dict():
            for key, item in value.items():
                yield from _problems(key, inner.key_type, (*place, key))
                yield from _problems(item, inner.value_type, (*place, key))
        case _:
            yield from _single(value, options[0], place, secret)


def _section(value: Any, kind: inspect.Type, place: Place) -> Iterator[Problem]:
    if not isinstance(value, dict):
        yield Problem(place, f"{shown(value)} is no section (allowed: keys with values)")
        return
    section = chosen(value, kind)
    if section is None:
        options = (bare(choice)[0] for choice in choices(kind))
        tags = ", ".join(str(one.tag) for one in options if isinstance(one, inspect.StructType))
        yield Problem((*place, TAG), f"{shown(value.get(TAG))} is not known (allowed: {tags})")
        return
    known = {one.key: one for one in settings(section)}
    for key in value:
        if key not in known and not (key == TAG and section.tag is not None):
            yield Problem((*place, key), _unknown(str(key), known))
    for key, setting in known.items():
        if key in value:
            yield from _problems(value[key], setting.type, (*place, key))
        elif setting.required:
            yield Problem((*place, key), f"is missing{_in_brackets(allowed_words(setting.type))}")


def _unknown(key: str, known: dict[str, Setting]) -> str:
    near = difflib.get_close_matches(key, known, n=1)
    hint = f'did you mean "{near[0]}"? ' if near else ""
    return f"unknown key ({hint}allowed: {', '.join(known)})"


def _single(value: Any, kind: inspect.Type, place: Place, secret: bool) -> Iterator[Problem]:
    """A value that holds no others."""
    inner, _ = bare(kind)
    if not _has_type(value, inner):
        yield Problem(place, _wrong_type(value, kind, secret))
    elif isinstance(inner, inspect.StrType):
        yield from _text(value, kind, place, secret)
    elif isinstance(inner, inspect.IntType | inspect.FloatType) and not _in_range(value, inner):
        size = "small" if inner.ge is not None and value < inner.ge else "large"
        yield Problem(place, f"{value} is too {size}{_in_brackets(allowed_words(kind))}")


def _has_type(value: Any, kind: inspect.Type) -> bool:
    match kind:
        case inspect.BoolType():
            return isinstance(value, bool)
        case inspect.IntType():
            return isinstance(value, int) and not isinstance(value, bool)
        case inspect.FloatType():
            return isinstance(value, int | float) and not isinstance(value, bool)
        case inspect.LiteralType():
            return value in kind.values and not isinstance(value, bool)
        case inspect.StrType():
            return isinstance(value, str)
        case _:
            return False


def _wrong_type(value: Any, kind: inspect.Type, secret: bool) -> str:
    inner, _ = bare(kind)
    if isinstance(inner, inspect.StrType) and isinstance(value, int | float) and not isinstance(value, bool):
        return "is a number: write it in quotes" if secret else f'{value} is a number: write it in quotes, "{value}"'
    article = "not allowed" if isinstance(inner, inspect.LiteralType) else f"no {type_words(kind)}"
    return f"{'the value' if secret else shown(value)} is {article}{_in_brackets(allowed_words(kind))}"


def _text(value: str, kind: inspect.Type, place: Place, secret: bool) -> Iterator[Problem]:
    inner, _ = bare(kind)
    assert isinstance(inner, inspect.StrType)
    named = f"a value of {len(value)} characters" if secret else shown(value)
    allowed = _in_brackets(allowed_words(kind))
    if inner.min_length is not None and len(value) < inner.min_length:
        yield Problem(place, f"{named} is too short{allowed}")
    elif inner.max_length is not None and len(value) > inner.max_length:
        yield Problem(place, f"{named} is too long{allowed}")
    elif inner.pattern is not None and not re.search(inner.pattern, value):
        yield Problem(place, f"{named} does not fit{allowed}")


def _size(value: list[Any], kind: inspect.Type, place: Place) -> Iterator[Problem]:
    inner, _ = bare(kind)
    assert isinstance(inner, inspect.VarTupleType)
    too_few = inner.min_length is not None and len(value) < inner.min_length
    if too_few or (inner.max_length is not None and len(value) > inner.max_length):
        size = "few" if too_few else "many"
        yield Problem(place, f"{len(value)} entries are too {size}{_in_brackets(allowed_words(kind))}")


def _in_range(value: float, kind: inspect.IntType | inspect.FloatType) -> bool:
    return (kind.ge is None or value >= kind.ge) and (kind.le is None or value <= kind.le)


def _in_brackets(allowed: str) -> str:
    return f" (allowed: {allowed})" if allowed else ""

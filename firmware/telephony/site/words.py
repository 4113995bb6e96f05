"""Types and ranges of settings in words, the same in error messages and in docs/site.md.

Not responsible for checking values: `validate.py`.
"""

import json
from typing import Any

import msgspec
from msgspec import inspect

from firmware.telephony.site.describe import bare, choices

_SHOWN = 60
"""Longest value that a message repeats in full."""


def type_words(kind: inspect.Type) -> str:
    """What sort of value it is."""
    (choice, *more) = choices(kind)
    inner, _ = bare(choice)
    match inner:
        case _ if more:
            return "section"
        case inspect.BoolType():
            return "yes or no"
        case inspect.IntType():
            return "whole number"
        case inspect.FloatType():
            return "number"
        case inspect.LiteralType():
            return "word" if isinstance(inner.values[0], str) else "whole number"
        case inspect.VarTupleType():
            return f"list of {_plural(type_words(inner.item_type))}"
        case inspect.DictType():
            return f"{_plural(type_words(inner.value_type))} by name"
        case inspect.StructType():
            return "section"
        case _:
            return "text"


def allowed_words(kind: inspect.Type) -> str:
    """Which values are allowed, "" when any of the type is."""
    (choice, *more) = choices(kind)
    inner, extra = bare(choice)
    match inner:
        case _ if more:
            return ""
        case inspect.BoolType():
            return "true, false"
        case inspect.IntType() | inspect.FloatType():
            return _range(inner.ge, inner.le)
        case inspect.LiteralType():
            return ", ".join(str(value) for value in inner.values)
        case inspect.StrType():
            return ", ".join(filter(None, (_length(inner, "characters"), extra.get("allowed", ""))))
        case inspect.VarTupleType():
            return ", ".join(filter(None, (_length(inner, "entries"), allowed_words(inner.item_type))))
        case inspect.DictType():
            return allowed_words(inner.value_type)
        case _:
            return ""


def shown(value: Any) -> str:
    """A value as it is repeated to people: as JSON, never long."""
    text = json.dumps(msgspec.to_builtins(value), ensure_ascii=False, default=str)
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 3]}..."


def _plural(words: str) -> str:
    return "entries" if words == "yes or no" else words if words.endswith(("s", "text")) else f"{words}s"


def _range(least: float | None, most: float | None) -> str:
    if least is not None and most is not None:
        return f"{least} to {most}"
    return f"{least} or more" if least is not None else ""


def _length(kind: inspect.StrType | inspect.VarTupleType, unit: str) -> str:
    least, most = kind.min_length, kind.max_length
    if least is not None and most is not None:
        return f"{least} to {most} {unit}"
    return f"at most {most} {unit}" if most is not None else f"at least {least} {unit}" if least is not None else ""

"""The text of a site file to plain values and back: a strict subset of YAML.

Refused: anchors and aliases (a small file could grow without bound), tags, double keys, more than one document.
Words are read as YAML 1.2 does, so `NO`, `on` and `12:30` stay words. Not responsible for what the values mean.
"""

import re
from collections.abc import Iterable
from typing import Any

import yaml

LARGEST_BYTES = 1_000_000
DEEPEST = 20
Value = Any  # None, bool, int, float, str, list and dict of the same


class NotReadable(ValueError):
    """The text is no site file; the message names the line and the reason."""


_INTEGER = re.compile(r"^[-+]?(0|[1-9][0-9]*)$")
_DECIMAL = re.compile(r"^[-+]?(0|[1-9][0-9]*)\.[0-9]+$")
_WORDS: dict[str, Value] = {"": None, "~": None, "null": None, "true": True, "false": False}


def read(text: str) -> Value:
    """Plain values of a site file. Raises NotReadable."""
    if len(text) > LARGEST_BYTES:
        raise NotReadable(f"{len(text)} characters are too many (allowed: {LARGEST_BYTES})")
    try:
        return _Builder().build(yaml.parse(text, Loader=yaml.SafeLoader))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise NotReadable(f"line {mark.line + 1 if mark else '?'}: {error.problem or error.context}") from error
    except yaml.YAMLError as error:
        raise NotReadable(str(error).splitlines()[0]) from error


def write(value: Value) -> str:
    """The text of plain values. What looks like a number or a word of YAML is quoted."""
    return yaml.safe_dump(value, sort_keys=False, allow_unicode=True, default_flow_style=False, width=120)


class _Builder:
    """Builds values from parser events, without recursion: depth costs no stack."""

    def __init__(self) -> None:
        self._open: list[_Open] = []
        self._root: Value = None
        self._documents = 0

    def build(self, events: Iterable[yaml.Event]) -> Value:
        for event in events:
            self._take(event)
        return self._root

    def _take(self, event: yaml.Event) -> None:
        line = event.start_mark.line + 1 if event.start_mark else 0
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise NotReadable(f"line {line}: anchors and aliases (& and *) are not allowed")
        match event:
            case yaml.DocumentStartEvent():
                self._documents += 1
                if self._documents > 1:
                    raise NotReadable(f"line {line}: a second document is not allowed")
            case yaml.ScalarEvent():
                self._put(_scalar(event, line), line)
            case yaml.MappingStartEvent() | yaml.SequenceStartEvent():
                self._enter({} if isinstance(event, yaml.MappingStartEvent) else [], event.tag, line)
            case yaml.MappingEndEvent() | yaml.SequenceEndEvent():
                closed = self._open.pop()
                self._put(closed.value, line)

    def _enter(self, value: Value, tag: str | None, line: int) -> None:
        if tag:
            raise NotReadable(f"line {line}: tags (!) are not allowed")
        if len(self._open) >= DEEPEST:
            raise NotReadable(f"line {line}: nested too deep (allowed: {DEEPEST} levels)")
        self._open.append(_Open(value))

    def _put(self, value: Value, line: int) -> None:
        if not self._open:
            self._root = value
            return
        self._open[-1].add(value, line)


class _Open:
    """A list or mapping that is being read."""

    def __init__(self, value: Value) -> None:
        self.value = value
        self._key: Value = None
        self._has_key = False

    def add(self, item: Value, line: int) -> None:
        if isinstance(self.value, list):
            self.value.append(item)
        elif self._has_key:
            self.value[self._key] = item
            self._has_key = False
        else:
            self._begin(item, line)

    def _begin(self, key: Value, line: int) -> None:
        if isinstance(key, int) and not isinstance(key, bool):
            key = str(key)  # `keys: {1: ...}` is meant as "1"
        if not isinstance(key, str):
            raise NotReadable(f"line {line}: {key!r} cannot be a key")
        if key in self.value:
            raise NotReadable(f'line {line}: the key "{key}" is there twice')
        self._key, self._has_key = key, True


def _scalar(event: yaml.ScalarEvent, line: int) -> Value:
    if event.tag:
        raise NotReadable(f"line {line}: tags (!) are not allowed")
    text = str(event.value)
    if event.style is not None:
        return text
    if text.lower() in _WORDS:
        return _WORDS[text.lower()]
    if _INTEGER.match(text) and len(text) < 19:
        return int(text)
    return float(text) if _DECIMAL.match(text) and len(text) < 19 else text

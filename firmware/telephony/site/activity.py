"""Which given settings belong to features that are not there yet: they are kept and reported, never silently ignored.

Not responsible for saying which these are: `active` stands at each setting.
"""

from collections.abc import Iterator
from typing import Any

from msgspec import inspect

from firmware.telephony.site.describe import bare, choices, chosen, settings, site_type

NOT_ACTIVE_VALUES = {("trunks", "transport", "tls")}
"""Words of a setting that is active otherwise."""


def not_active(value: Any) -> list[str]:
    """Lines such as `queues (1 entry)` for plain values that have been validated."""
    counts: dict[str, int] = {}
    for path, number in _found(value or {}, site_type(), ()):
        counts[path] = counts.get(path, 0) + number
    return [f"{path} ({count} {'entry' if count == 1 else 'entries'})" for path, count in counts.items()]


def _found(value: Any, kind: inspect.Type, path: tuple[str, ...]) -> Iterator[tuple[str, int]]:
    """Path and number of entries of each setting that waits for its feature; what is in it is not looked at."""
    if isinstance(value, dict) and (section := chosen(value, kind)):
        for setting in settings(section):
            if setting.key in value:
                yield from _setting(value[setting.key], setting.active, setting.type, (*path, setting.key))
        return
    for choice in choices(kind):
        inner, _ = bare(choice)
        if isinstance(inner, inspect.VarTupleType) and isinstance(value, list):
            for item in value:
                yield from _found(item, inner.item_type, path)
        elif isinstance(inner, inspect.DictType) and isinstance(value, dict):
            for item in value.values():
                yield from _found(item, inner.value_type, path)


def _setting(value: Any, active: bool, kind: inspect.Type, path: tuple[str, ...]) -> Iterator[tuple[str, int]]:
    if active:
        if isinstance(value, str) and (*path, value) in NOT_ACTIVE_VALUES:
            yield f"{'.'.join(path)}: {value}", 1
        yield from _found(value, kind, path)
    elif value not in (None, [], {}):
        yield ".".join(path), len(value) if isinstance(value, list) else 1

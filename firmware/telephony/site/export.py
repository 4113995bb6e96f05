"""A site as the text of a site file, and the differences between two sites.

Only what differs from its default is written, in the order of the definition, so that the file stays readable.
Not responsible for where the text goes (`firmware.commands.site`).
"""

from collections.abc import Iterator
from typing import Any

from msgspec import inspect

from firmware.telephony.site import text as site_text
from firmware.telephony.site.about import Part
from firmware.telephony.site.describe import TAG, settings
from firmware.telephony.site.problem import Place
from firmware.telephony.site.root import Site
from firmware.telephony.site.words import shown

_HIDDEN = "(secret)"


def exported(site: Site, *, secrets: bool = False) -> str:
    """The text of a site file. Register passwords are never in it; digests, PINs and trunk passwords with `secrets`."""
    return site_text.write({"version": site.version, **plain(site, secrets=secrets)})


def plain(part: Part, *, secrets: bool) -> dict[str, Any]:
    """Plain values of a section: what differs from its default."""
    section = inspect.type_info(type(part))
    assert isinstance(section, inspect.StructType)
    values: dict[str, Any] = {} if section.tag is None else {TAG: section.tag}
    for setting in settings(section):
        value = getattr(part, setting.key)
        given = setting.required or value != setting.default
        if given and (secrets or not setting.secret):
            values[setting.key] = _plain(value, secrets)
    return values


def _plain(value: Any, secrets: bool) -> Any:
    if isinstance(value, Part):
        return plain(value, secrets=secrets)
    if isinstance(value, tuple):
        return [_plain(item, secrets) for item in value]
    if isinstance(value, dict):
        return {key: _plain(item, secrets) for key, item in value.items()}
    return value


def differences(old: Site, new: Site) -> list[str]:
    """What changes from `old` to `new`, a line a setting; values of secrets are not shown."""
    before, after = dict(_leaves(old, ())), dict(_leaves(new, ()))
    changed = [path for path in dict.fromkeys((*before, *after)) if before.get(path) != after.get(path)]
    return [f"{path}: {_side(before, path)} -> {_side(after, path)}" for path in changed]


def _side(leaves: dict[str, tuple[Any, bool]], path: str) -> str:
    if path not in leaves:
        return "nothing"
    value, secret = leaves[path]
    return _HIDDEN if secret and value is not None else shown(value)


def _leaves(part: Part, place: Place) -> Iterator[tuple[str, tuple[Any, bool]]]:
    """Path of each value, with the value and whether it is secret. Lists of sections are told apart by their name."""
    section = inspect.type_info(type(part))
    assert isinstance(section, inspect.StructType)
    for setting in settings(section):
        yield from _within(getattr(part, setting.key), (*place, setting.key), setting.secret)


def _within(value: Any, place: Place, secret: bool) -> Iterator[tuple[str, tuple[Any, bool]]]:
    if isinstance(value, Part):
        yield from _leaves(value, place)
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _within(item, (*place, key), secret)
    elif isinstance(value, tuple) and any(isinstance(item, Part) for item in value):
        for index, item in enumerate(value):
            yield from _within(item, (*place[:-1], f"{place[-1]}[{_name(item, index)}]"), secret)
    else:
        yield ".".join(str(part) for part in place), (value, secret)


def _name(item: Part, index: int) -> str:
    for key in ("number", "name"):
        if isinstance(name := getattr(item, key, None), str):
            return name
    return str(index)

"""A site as the text of a site file, and the differences between two sites.

Only what differs from its default is written, in the order of the definition, so that the file stays readable.
Not responsible for where the text goes (`firmware.commands.site`).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from firmware.telephony.site import text as site_text
from firmware.telephony.site.about import Part
from firmware.telephony.site.describe import TAG, identity, section_of, settings
from firmware.telephony.site.problem import Place
from firmware.telephony.site.root import Site
from firmware.telephony.site.words import shown

_HIDDEN = "(secret)"


def exported(site: Site, *, secrets: bool = False) -> str:
    """The text of a site file. Register passwords are never in it; digests, PINs and trunk passwords with `secrets`."""
    return site_text.write({"version": site.version, **plain(site, secrets=secrets)})


def plain(part: Part, *, secrets: bool) -> dict[str, Any]:
    """Plain values of a section: what differs from its default."""
    section = section_of(type(part))
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
    return [f"{path}: {_side(before.get(path))} -> {_side(after.get(path))}" for path in changed]


@dataclass(frozen=True, slots=True)
class _Leaf:
    value: Any
    secret: bool


def _side(leaf: _Leaf | None) -> str:
    if leaf is None:
        return "not given"
    return _HIDDEN if leaf.secret else shown(leaf.value)


def _leaves(part: Part, place: Place) -> Iterator[tuple[str, _Leaf]]:
    """Path and value of each setting that differs from its default; entries of lists are told apart by their name."""
    section = section_of(type(part))
    for setting in settings(section):
        value = getattr(part, setting.key)
        if setting.required or value != setting.default:
            yield from _within(value, (*place, setting.key), setting.secret)


def _within(value: Any, place: Place, secret: bool) -> Iterator[tuple[str, _Leaf]]:
    if isinstance(value, Part) and not secret:
        inside = tuple(_leaves(value, place))
        yield from inside or ((_path(place), _Leaf({}, secret)),)
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _within(item, (*place, key), secret)
    elif isinstance(value, tuple) and any(isinstance(item, Part) for item in value):
        for index, item in enumerate(value):
            yield from _within(item, (*place[:-1], f"{place[-1]}[{identity(item) or index}]"), secret)
    else:
        yield _path(place), _Leaf(value, secret)


def _path(place: Place) -> str:
    return ".".join(str(part) for part in place)

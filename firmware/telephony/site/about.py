"""How a setting describes itself: the metadata that validation, schema, documentation and forms are derived from.

Not responsible for any setting (see the modules beside this one), nor for reading the metadata back (`describe.py`).
"""

from typing import Any

from msgspec import Meta, Struct


class Part(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Base of every section of the site file: immutable; a key that nobody knows is an error."""


def about(
    title: str,
    description: str,
    *,
    unit: str = "",
    active: bool = True,
    secret: bool = False,
    examples: list[Any] | None = None,
    **limits: Any,
) -> Meta:
    """Metadata of one setting.

    `unit` is that of the value. `active=False`: the box stores the setting and checks it, but the feature is not there
    yet. `secret`: never shown, logged or exported without being asked. `limits` are msgspec's (`ge`, `le`, `pattern`,
    `min_length`, ...); on an optional setting they belong to the inner type.
    """
    extra = {"unit": unit, "active": active, "secret": secret}
    return Meta(title=title, description=description, examples=examples, extra=extra, **limits)

"""How a setting describes itself: the metadata that validation, schema, documentation and forms are derived from.

Not responsible for any setting (see the modules beside this one), nor for reading the metadata back (`describe.py`).
"""

from functools import lru_cache
from typing import Any, get_type_hints

from msgspec import Meta, Struct
from msgspec.structs import asdict


class Part(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Base of every section of the site file: immutable; a key that nobody knows is an error."""

    def __repr__(self) -> str:
        """Like any value, but for what must not reach a log."""
        hidden = _secret_keys(type(self))
        shown = (f"{key}={'...' if key in hidden and value else repr(value)}" for key, value in asdict(self).items())
        return f"{type(self).__name__}({', '.join(shown)})"


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


@lru_cache(maxsize=128)
def _secret_keys(part: type[Part]) -> frozenset[str]:
    """Keys of a section whose metadata says `secret`."""
    hints = get_type_hints(part, include_extras=True)
    metadata = {key: getattr(hint, "__metadata__", ()) for key, hint in hints.items()}
    return frozenset(key for key, metas in metadata.items() if any((one.extra or {}).get("secret") for one in metas))

"""The definition of the settings, read back as data: for validation, documentation, export and forms.

Not responsible for the definition itself (`root.py` and the modules that it names).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from msgspec import NODEFAULT, inspect

from firmware.telephony.site.about import Part
from firmware.telephony.site.root import Site

TAG = "type"
"""Key that tells the kinds of trunk apart."""


@dataclass(frozen=True, slots=True)
class Setting:
    """One key of a section. `default` is meaningless while `required`; `secret` values are never shown."""

    key: str
    title: str
    description: str
    unit: str
    active: bool
    secret: bool
    required: bool
    default: Any
    type: inspect.Type
    examples: tuple[Any, ...]


@lru_cache(maxsize=1)
def site_type() -> inspect.StructType:
    """The type of the whole file."""
    found = inspect.type_info(Site)
    assert isinstance(found, inspect.StructType)
    return found


@lru_cache(maxsize=128)
def section_of(cls: type[Part]) -> inspect.StructType:
    """The type of one section, read once: a site has thousands of them."""
    found = inspect.type_info(cls)
    assert isinstance(found, inspect.StructType)
    return found


def settings(section: inspect.StructType) -> tuple[Setting, ...]:
    """The keys of a section, in the order of their definition."""
    return _settings(section.cls)


@lru_cache(maxsize=128)
def _settings(cls: type) -> tuple[Setting, ...]:
    return tuple(_setting(field) for field in section_of(cls).fields)


def _setting(field: inspect.Field) -> Setting:
    metadata = field.type
    assert isinstance(metadata, inspect.Metadata), f"{field.name} lacks about()"
    words, extra = metadata.extra_json_schema or {}, metadata.extra or {}
    default = field.default_factory() if field.default_factory is not NODEFAULT else field.default
    return Setting(
        key=field.name,
        title=words.get("title", ""),
        description=words.get("description", ""),
        unit=extra.get("unit", ""),
        active=extra.get("active", True),
        secret=extra.get("secret", False),
        required=field.required,
        default=default,
        type=metadata,
        examples=tuple(words.get("examples") or ()),
    )


def identity(part: Part) -> str | None:
    """What tells an entry of a list apart from the others: its number or its name; None: only its position does."""
    required = {setting.key for setting in _settings(type(part)) if setting.required}
    return next((str(getattr(part, key)) for key in ("number", "name") if key in required), None)


def bare(kind: inspect.Type) -> tuple[inspect.Type, dict[str, Any]]:
    """The type without its metadata, and what the metadata holds beside title and description."""
    if isinstance(kind, inspect.Metadata):
        inner, extra = bare(kind.type)
        return inner, {**extra, **(kind.extra or {})}
    return kind, {}


def choices(kind: inspect.Type) -> tuple[inspect.Type, ...]:
    """What the value may be, apart from null: one type, or several sections told apart by TAG."""
    inner, _ = bare(kind)
    if isinstance(inner, inspect.UnionType):
        return tuple(one for one in inner.types if not isinstance(one, inspect.NoneType))
    return (kind,)


def is_optional(kind: inspect.Type) -> bool:
    """Whether null is allowed."""
    inner, _ = bare(kind)
    return isinstance(inner, inspect.UnionType) and any(isinstance(one, inspect.NoneType) for one in inner.types)


def sections(kind: inspect.Type) -> Iterator[inspect.StructType]:
    """The sections that a value of this type is or holds."""
    for choice in choices(kind):
        inner, _ = bare(choice)
        match inner:
            case inspect.StructType():
                yield inner
            case inspect.VarTupleType():
                yield from sections(inner.item_type)
            case inspect.DictType():
                yield from sections(inner.value_type)


def chosen(value: Any, kind: inspect.Type) -> inspect.StructType | None:
    """The section that a mapping is meant to be; None when its TAG names none."""
    found = [inner for inner, _ in map(bare, choices(kind)) if isinstance(inner, inspect.StructType)]
    if len(found) == 1 and found[0].tag is None:
        return found[0]
    return next((one for one in found if one.tag == value.get(TAG)), None)

"""The definition of the settings is complete, and what is made from it is current."""

import json
from pathlib import Path

import pytest
from msgspec import inspect

from firmware.telephony.codes import DEFAULTS
from firmware.telephony.site import Site
from firmware.telephony.site.describe import Setting, sections, settings, site_type
from firmware.telephony.site.docs import markdown, schema
from firmware.telephony.site.words import allowed_words, type_words

ROOT = Path(__file__).parents[2]
FREE = {"timezone", "username", "auth_username", "secret"}
"""Texts that only their meaning limits."""


def every_setting() -> dict[str, Setting]:
    found: dict[str, Setting] = {}

    def walk(prefix: str, within: inspect.StructType) -> None:
        for setting in settings(within):
            found[f"{prefix}{setting.key}"] = setting
            for section in sections(setting.type):
                walk(f"{prefix}{setting.key}.{section.tag or ''}", section)

    walk("", site_type())
    return found


EVERY = every_setting()


@pytest.mark.parametrize("path", EVERY)
def test_every_setting_has_title_help_type_and_range(path: str) -> None:
    setting = EVERY[path]
    assert setting.title
    assert setting.description.endswith((".", ")")), setting.description
    assert type_words(setting.type)
    has_range = bool(allowed_words(setting.type)) or any(True for _ in sections(setting.type))
    assert has_range or setting.key in FREE


def test_the_settings_are_many_and_the_defaults_are_a_site() -> None:
    assert len(EVERY) > 150
    assert Site() == Site()


def test_the_page_is_current() -> None:
    assert (ROOT / "docs/site.md").read_text() == markdown(), "run `make docs`"


def test_the_schema_is_current() -> None:
    assert (ROOT / "docs/site.schema.json").read_text() == schema(), "run `make docs`"
    assert json.loads(schema())["$ref"] == "#/$defs/Site"


def test_the_page_names_every_key_and_every_code() -> None:
    page = markdown()
    for setting in EVERY.values():
        assert f"| `{setting.key}` |" in page
    for code in DEFAULTS.values():
        assert f"| `{code.id}` | `{code.digits}` |" in page

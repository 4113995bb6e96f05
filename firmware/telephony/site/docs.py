"""docs/site.md and docs/site.schema.json, made from the definition of the settings.

Not responsible for the words: they stand at each setting.
"""

import json
from collections.abc import Iterator
from typing import Any

import msgspec
from msgspec import inspect

from firmware.telephony.codes import DEFAULTS
from firmware.telephony.site.about import Part
from firmware.telephony.site.describe import TAG, Setting, is_optional, sections, settings, site_type
from firmware.telephony.site.root import Site
from firmware.telephony.site.words import allowed_words, type_words

_HEAD = """# The site file

The whole configuration of one box is one YAML file. `fxbox site check FILE` says what is wrong with it,
`fxbox site import FILE` takes it over (all of it or nothing), `fxbox site export FILE` writes it and
`fxbox site diff FILE` shows what an import would change. [demo/site.yaml](../demo/site.yaml) is an example.

Numbers, codes and PINs are words: write them in quotes. Anchors, aliases, tags and double keys are errors. A secret
that the file does not give stays as the box has it; register passwords are kept as digests and never exported, the
other secrets only by `--secrets`. Settings marked *not active yet* are checked and kept, and reported by `check` and
`import`.

A box that runs takes a file too: it counts at once and drops no call. An extension that is removed or gets another
register password loses its registrations. With a removed extension go its wake-up calls and log-ins to queues, after 30
days its mailbox too, if no extension of that number comes back until then. `import` names what counts after the next
start only: `site.country` (its tones, ringing and lines), `sip.udp`, `sip.tcp`, `sip.rtp_ports`.

This page is made by `make docs` from the definition of the settings (`firmware/telephony/site/`).
"""
_PATTERNS = """## Patterns

| Sign | Stands for |
|---|---|
| `0`-`9`, a leading `+` | itself |
| `x` | 0-9 |
| `z` | 1-9 |
| `n` | 2-9 |
| `[1-5]`, `[249]` | one of these digits |
| `.` at the end | one or more of anything |
"""


def markdown() -> str:
    """The page for people."""
    return "\n".join((_HEAD, *_pages(), _PATTERNS, *_codes())) + "\n"


def schema() -> str:
    """The JSON Schema of the site file, for editors and other programs."""
    return json.dumps(msgspec.json.schema(Site), indent=2, ensure_ascii=False) + "\n"


def _pages() -> Iterator[str]:
    """The file itself, then each section where it first appears."""
    yield from _page("The file", site_type())
    for path, section in _all_sections(site_type(), ""):
        name = f"{path} ({TAG}: {section.tag})" if section.tag is not None else path
        yield from _page(f"`{name}`", section)


def _all_sections(within: inspect.StructType, path: str) -> Iterator[tuple[str, inspect.StructType]]:
    for setting in settings(within):
        for section in sections(setting.type):
            here = f"{path}.{setting.key}" if path else setting.key
            here += "" if type_words(setting.type) == "section" else "[]"
            yield here, section
            yield from _all_sections(section, here)


def _page(title: str, section: inspect.StructType) -> Iterator[str]:
    yield f"## {title}\n"
    if section.cls is not Site:
        yield f"{(section.cls.__doc__ or '').strip()}\n"
    yield "| Key | Type | Allowed | Default | Meaning |"
    yield "|---|---|---|---|---|"
    if section.tag is not None:
        yield f"| `{TAG}` | word | {section.tag} | required | **Kind.** Tells the kinds apart. |"
    for setting in settings(section):
        yield f"| {' | '.join(_cells(setting))} |"
    yield ""


def _cells(setting: Setting) -> tuple[str, ...]:
    unit = f", in {setting.unit}" if setting.unit else ""
    allowed = allowed_words(setting.type) or ("as below" if _has_sections(setting) else "any")
    null = " or null" if is_optional(setting.type) else ""
    marks = " *Not active yet.*" if not setting.active else ""
    marks += " *Secret.*" if setting.secret else ""
    meaning = f"**{setting.title}.** {setting.description}{marks}"
    cells = (f"`{setting.key}`", type_words(setting.type) + unit, allowed + null, _default(setting), meaning)
    return tuple(cell.replace("|", "\\|") for cell in cells)


def _has_sections(setting: Setting) -> bool:
    return any(True for _ in sections(setting.type))


def _default(setting: Setting) -> str:
    if setting.required:
        return "required"
    if setting.default is None:
        return "none"
    if isinstance(setting.default, Part):
        return "see below"
    return f"`{_short(setting.default)}`"


def _short(value: Any) -> str:
    """As it would be written in the file."""
    if isinstance(value, tuple) and value and isinstance(value[0], Part):
        return "[" + ", ".join(f'{{number: "{item.number}"}}' for item in value if hasattr(item, "number")) + "]"
    return json.dumps(value)


def _codes() -> Iterator[str]:
    yield "## Feature codes\n"
    yield "`feature_codes` gives other digits to these ids.\n"
    yield "| Id | Digits | Meaning | Followed by | Where |"
    yield "|---|---|---|---|---|"
    for code in DEFAULTS.values():
        follows = "" if code.argument == "none" else code.argument
        later = "" if code.active else " *Not active yet.*"
        yield f"| `{code.id}` | `{code.digits}` | {code.title}.{later} | {follows} | {code.when.value} |"

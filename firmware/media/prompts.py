"""From what is to be said to the files that say it, in one language of the box.

The catalogue (`prompts/*.toml`) is turned into files by `tools/setup/build_prompts.py`; here they are only found.
Not responsible for playing them. All files are 8 kHz, 16 bit, mono.
"""

import sys
from datetime import date, datetime, time
from pathlib import Path
from typing import Final

from firmware.media import spoken

DEFAULT_LANGUAGE: Final = "en"


class NoSuchPrompt(Exception):
    """The id is not in the catalogue, or the prompts have not been built."""


def default_folder() -> Path:
    """Where set-up puts the prompts."""
    return Path(sys.prefix) / "share" / "fxbox" / "prompts"


def default_music_folder() -> Path:
    """Where set-up puts the music on hold."""
    return Path(sys.prefix) / "share" / "fxbox" / "moh"


class Prompts:
    """The prompts under `folder`/<language>/<id>.wav. A language that is not there is spoken in English."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._files: dict[str, dict[str, Path]] = {
            path.name: {file.stem: file for file in path.glob("*.wav")} for path in folder.glob("??") if path.is_dir()
        }

    @property
    def languages(self) -> tuple[str, ...]:
        """Languages that are built, in alphabetical order."""
        return tuple(sorted(self._files))

    def phrase(self, language: str, id: str) -> list[Path]:
        """The files of one prompt. Raises NoSuchPrompt."""
        return self._found(language, [id])

    def digits(self, language: str, text: str) -> list[Path]:
        """Character by character: extension numbers, dial strings, addresses ("192.168.1.2", "fe80::1")."""
        return self._found(language, spoken.digits(text))

    def number(self, language: str, value: int, *, feminine: bool = False) -> list[Path]:
        """A cardinal number, 0 to 999,999,999. Raises ValueError outside."""
        return self._found(language, self._grammar(language).number(value, feminine=feminine))

    def date(self, language: str, at: date, *, with_year: bool = False) -> list[Path]:
        """Weekday, day and month; the year if asked for."""
        grammar = self._grammar(language)
        return self._found(language, grammar.day(at) + (grammar.year(at.year) if with_year else []))

    def time(self, language: str, at: time) -> list[Path]:
        """Hour and minute, as the language counts them."""
        return self._found(language, self._grammar(language).time(at))

    def date_time(self, language: str, at: datetime, *, with_year: bool = False) -> list[Path]:
        return self.date(language, at, with_year=with_year) + self.time(language, at.time())

    def _language(self, language: str) -> str:
        return language if language in self._files else DEFAULT_LANGUAGE

    def _grammar(self, language: str) -> spoken.Grammar:
        return spoken.grammar(self._language(language))

    def _found(self, language: str, ids: list[str]) -> list[Path]:
        files = self._files.get(self._language(language), {})
        missing = [id for id in ids if id not in files]
        if missing:
            folder = self._folder / self._language(language)
            raise NoSuchPrompt(f"no prompt {', '.join(missing)} in {folder}; `make setup` builds them")
        return [files[id] for id in ids]

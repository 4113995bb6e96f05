"""Build the prompts and the music on hold: catalogue and recordings in, one WAV file an id and language out.

Everything lands in the user's cache first and is linked from there into the virtual environment, where the box looks
for it. Nothing to do is found out in a tenth of a second. Not responsible for what is said: `firmware/media/prompts`.
"""

import hashlib
import os
import shutil
import sys
import time
import tomllib
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CATALOGUE = ROOT / "firmware" / "media" / "prompts"
RECORDINGS = Path("/usr/share/asterisk/sounds")
MUSIC = Path("/usr/share/asterisk/moh")
MUSIC_DBFS = -24.0
FAMILY = "en"  # the language whose entries name the recordings for all
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "fxbox"
SHARE = Path(sys.prefix) / "share" / "fxbox"
# A word without its own mapping uses the recording of its name: n-21 is digits/21, day-0 digits/day-0.
WORD_FILES = {"n-": "digits/", "h-": "digits/h-", "day-": "digits/day-", "mon-": "digits/mon-", "letter-": "letters/"}


class BuildError(RuntimeError):
    """The prompts cannot be built; the message says what the user can do."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One prompt of one language: its text, and the recordings that say it, none when it is to be spoken."""

    language: str
    id: str
    text: str
    recordings: tuple[Path, ...]


def languages() -> dict[str, dict[str, dict[str, object]]]:
    return {path.stem: tomllib.loads(path.read_text()) for path in sorted(CATALOGUE.glob("*.toml"))}


def parts_of(entry: object) -> tuple[str, list[str] | None]:
    """Text and named recordings (None: not named) of an entry of the catalogue."""
    if isinstance(entry, str):
        return entry, None
    assert isinstance(entry, dict)
    return str(entry["say"]), [str(name) for name in entry["from"]]


def default_recording(id: str) -> list[str]:
    for prefix, folder in WORD_FILES.items():
        if id.startswith(prefix):
            return [folder + id.removeprefix(prefix)]
    return []


def entries(catalogue: dict[str, dict[str, dict[str, object]]], recordings: Path = RECORDINGS) -> list[Entry]:
    """Every prompt of every language. Raises BuildError when a language's package is missing."""
    family = {
        id: parts_of(entry)[1] for section in ("phrases", "words") for id, entry in catalogue[FAMILY][section].items()
    }
    found = []
    for language, content in catalogue.items():
        folder = recordings / str(content["recordings"]) if "recordings" in content else None
        if folder is not None and not folder.is_dir():
            raise BuildError(f"{folder} is missing: install {content['package']} and run make again")
        for id, entry in {**content["phrases"], **content["words"]}.items():
            text, named = parts_of(entry)
            names = named if named is not None else family.get(id) or default_recording(id)
            files = tuple(folder / f"{name}.wav" for name in names) if folder else ()
            if named and not all(file.exists() for file in files):
                raise BuildError(f"{language}: {id} names recordings that {folder} does not have: {named}")
            found.append(Entry(language, id, text, files if all(file.exists() for file in files) else ()))
    return found


def key() -> str:
    """Everything that changes the result, as twelve hex digits."""
    digest = hashlib.sha256()
    for path in [*sorted(CATALOGUE.glob("*.toml")), *sorted(Path(__file__).parent.glob("prompt_*.py")), Path(__file__)]:
        digest.update(path.name.encode() + path.read_bytes())
    for folder in [*sorted(RECORDINGS.glob("*")), MUSIC]:
        digest.update(f"{folder.name} {folder.stat().st_mtime_ns if folder.exists() else 0}".encode())
    return digest.hexdigest()[:12]


def show(text: str) -> None:
    """Rewrite the progress line on a terminal; a log gets nothing."""
    if sys.stdout.isatty():
        print(f"\r\x1b[K{'setup: ' if text else ''}{text}", end="", flush=True)


def build(target: Path) -> list[str]:
    """Make all files in `target`. Returns notes for the user."""
    import prompt_sound as sound  # here, for numpy takes longer to load than an up-to-date build may take
    from prompt_speech import Speech

    catalogue = languages()
    wanted, speech = entries(catalogue), Speech(CACHE / "speech")
    try:
        for number, entry in enumerate(wanted):
            show(f"building prompts: {number * 100 // len(wanted)} % ({entry.language})")
            voice = catalogue[entry.language]["synthesis"]
            parts = [sound.read(path) for path in entry.recordings]
            path = target / "prompts" / entry.language / f"{entry.id}.wav"
            path.parent.mkdir(parents=True, exist_ok=True)
            sound.write(path, sound.joined(parts or [speech.say(entry.text, {k: str(v) for k, v in voice.items()})]))
    finally:
        speech.close()
    (target / "moh").mkdir()
    for file in sorted(MUSIC.glob("*.wav")):
        show(f"building music on hold: {file.stem}")
        sound.write(target / "moh" / file.name, sound.levelled(sound.read(file), MUSIC_DBFS))
    show("")
    return speech.notes


def in_cache() -> Path:
    """The finished build's folder, made first if the cache has none."""
    target = CACHE / f"prompts-{key()}"
    if target.exists():
        return target
    if not MUSIC.is_dir():
        raise BuildError(f"{MUSIC} is missing: install asterisk-moh-opsound-wav and run make again")
    started = time.monotonic()
    print("setup: building prompts in six languages, once (about a minute)", flush=True)
    part = target.with_suffix(".part")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    for note in build(part):
        print(f"setup: {note}")
    for old in CACHE.glob("prompts-*"):
        if old != part:
            shutil.rmtree(old)
    part.rename(target)
    print(f"setup: prompts are ready after {time.monotonic() - started:.0f} s")
    return target


def link(built: Path) -> None:
    """Put the build where the box looks for it."""
    for name in ("prompts", "moh"):
        place, new = SHARE / name, SHARE / f"{name}.new"
        shutil.rmtree(new, ignore_errors=True)
        shutil.copytree(built / name, new, copy_function=link_or_copy)
        shutil.rmtree(place, ignore_errors=True)
        new.rename(place)
    (SHARE / "prompts" / "BUILD").write_text(built.name)


def link_or_copy(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)


def main() -> int:
    stamp = SHARE / "prompts" / "BUILD"
    try:
        if stamp.exists() and stamp.read_text() == f"prompts-{key()}":
            return 0
        link(in_cache())
    except (RuntimeError, OSError) as error:
        print(f"setup: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

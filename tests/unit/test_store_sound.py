"""Sound files as they are left by the recorder, and by a crash."""

import os
import wave
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware.store import sound


def frames(file: Path) -> int:
    with wave.open(str(file)) as whole:
        assert whole.getparams()[:3] == (1, 2, 8000)
        return whole.getnframes()


def part_with(folder: Path, seconds: float) -> Path:
    """What the recorder has written when the power goes: sound, but no lengths in the header."""
    part = folder / "one.part"
    with wave.open(str(part), "wb") as file:
        file.setparams((1, 2, 8000, 0, "NONE", ""))
        file.writeframes(bytes(2 * round(seconds * 8000)))
    with part.open("r+b") as raw:
        for place in (4, 40):
            raw.seek(place)
            raw.write(bytes(4))
    return part


def test_a_part_becomes_a_whole_file_without_its_end(tmp_path: Path) -> None:
    part, file = part_with(tmp_path, 10), tmp_path / "one.wav"
    assert sound.finished(part, file, cut_s=2.5) == pytest.approx(7.5)
    assert frames(file) == 7.5 * 8000
    assert sound.sound_s(file) == pytest.approx(7.5)
    assert not part.exists()


def test_what_is_too_short_is_removed(tmp_path: Path) -> None:
    file = tmp_path / "one.wav"
    assert sound.finished(part_with(tmp_path, 10), file, cut_s=8, least_s=3) is None
    assert sound.finished(part_with(tmp_path, 1), file, cut_s=8) is None
    assert list(tmp_path.iterdir()) == []


@given(size=st.integers(0, 2000), cut_s=st.floats(0, 1))
def test_no_part_of_any_size_makes_an_empty_or_unreadable_file(size: int, cut_s: float) -> None:
    folder = Path(os.environ.get("TMPDIR", "/tmp")) / f"fxbox-sound-{os.getpid()}"
    folder.mkdir(exist_ok=True)
    whole, part, file = part_with(folder, 0.1), folder / "cut.part", folder / "cut.wav"
    part.write_bytes(whole.read_bytes()[:size])
    length_s = sound.finished(part, file, cut_s=cut_s)
    assert (length_s is None) == (not file.exists())
    if length_s is not None:
        assert frames(file) == round(length_s * 8000) > 0
        file.unlink()
    whole.unlink()
    folder.rmdir()


def test_the_same_sound_at_two_places(tmp_path: Path) -> None:
    file, other = tmp_path / "one.wav", tmp_path / "other" / "two.wav"
    sound.finished(part_with(tmp_path, 5), file)
    sound.shared(file, other)
    sound.shared(file, other)
    sound.removed(file)
    sound.removed(file)
    assert frames(other) == 5 * 8000
    assert sound.sound_s(file) == 0

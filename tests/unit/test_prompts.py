"""The prompt catalogue is complete in every language, numbers and dates are said right, the built files are sound."""

import ast
import re
import tomllib
import wave
from datetime import date, time
from pathlib import Path

import numpy as np
import pytest

from firmware.media import spoken
from firmware.media.prompts import NoSuchPrompt, Prompts, default_folder, default_music_folder

CATALOGUE = Path(spoken.__file__).parents[1] / "prompts"
LANGUAGES = {path.stem: tomllib.loads(path.read_text()) for path in CATALOGUE.glob("*.toml")}
ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
DAY = date(2026, 12, 24)


def text(language, id):
    entry = (LANGUAGES[language]["phrases"] | LANGUAGES[language]["words"])[id]
    return entry if isinstance(entry, str) else entry["say"]


def said(language, ids):
    return " ".join(text(language, id) for id in ids)


def test_a_language_is_a_catalogue_and_a_grammar():
    assert sorted(LANGUAGES) == spoken.languages() == ["de", "en", "es", "fr", "it", "ru"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_phrase_exists_in_every_language(language):
    assert set(LANGUAGES[language]["phrases"]) == set(LANGUAGES["en"]["phrases"])
    assert all(text(language, id).strip() for id in LANGUAGES[language]["phrases"])


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_word_that_a_grammar_uses_is_in_the_catalogue(language):
    grammar, words = spoken.grammar(language), LANGUAGES[language]["words"]
    numbers = [*range(1300), 1999, 2000, 2001, 21_000, 100_000, 101_001, 999_999, 1_000_000, 2_000_001, 999_999_999]
    used = {id for value in numbers for feminine in (False, True) for id in grammar.number(value, feminine=feminine)}
    used |= {id for day in range(366) for id in grammar.day(date.fromordinal(date(2028, 1, 1).toordinal() + day))}
    used |= {id for year in range(1999, 2101) for id in grammar.year(year)}
    used |= {id for minute in range(1440) for id in grammar.time(time(minute // 60, minute % 60))}
    used |= set(spoken.digits("0123456789abcdef*#.:/+-"))
    assert used <= set(words), sorted(used - set(words))


@pytest.mark.parametrize(("language", "value", "expected"), [
    ("en", 0, "zero"), ("en", 21, "twenty one"), ("en", 342, "three hundred forty two"),
    ("en", 1_000_015, "one million fifteen"), ("en", 12_300, "twelve thousand three hundred"),
    ("de", 21, "einundzwanzig"), ("de", 101, "einhundert eins"), ("de", 1_716, "eintausend siebenhundert sechzehn"),
    ("de", 2_000_000, "zwei Millionen"), ("de", 1_000_000, "eine Million"),
    ("fr", 21, "vingt et un"), ("fr", 71, "soixante et onze"), ("fr", 77, "soixante dix-sept"),
    ("fr", 80, "quatre-vingts"), ("fr", 81, "quatre-vingts un"), ("fr", 91, "quatre-vingts onze"),
    ("fr", 97, "quatre-vingts dix-sept"), ("fr", 100, "cent"), ("fr", 271, "deux cent soixante et onze"),
    ("fr", 1000, "mille"), ("fr", 80_061, "quatre-vingts mille soixante et un"),
    ("es", 16, "dieciséis"), ("es", 22, "veintidós"), ("es", 31, "treinta y uno"), ("es", 100, "cien"),
    ("es", 101, "ciento uno"), ("es", 555, "quinientos cincuenta y cinco"), ("es", 100_000, "cien mil"),
    ("es", 1_000_000, "un millón"),
    ("it", 21, "ventuno"), ("it", 22, "venti due"), ("it", 28, "ventotto"), ("it", 138, "cento trentotto"),
    ("it", 1000, "mille"), ("it", 2000, "due mila"), ("it", 1_000_001, "un milione uno"),
    ("ru", 22, "двадцать два"), ("ru", 1000, "одна тысяча"), ("ru", 2000, "две тысячи"), ("ru", 5000, "пять тысяч"),
    ("ru", 11_000, "одиннадцать тысяч"), ("ru", 21_000, "двадцать одна тысяча"), ("ru", 342, "триста сорок два"),
])  # fmt: skip
def test_numbers(language, value, expected):
    assert said(language, spoken.grammar(language).number(value)) == expected


@pytest.mark.parametrize(("language", "expected"), [
    ("de", "eine"), ("fr", "une"), ("es", "una"), ("it", "una"), ("ru", "одна"), ("en", "one"),
])  # fmt: skip
def test_one_in_the_feminine(language, expected):
    assert said(language, spoken.grammar(language).number(1, feminine=True)) == expected


@pytest.mark.parametrize(("language", "day", "expected"), [
    ("en", DAY, "Thursday December twenty fourth"), ("en", date(2026, 3, 1), "Sunday March first"),
    ("de", DAY, "Donnerstag vierundzwanzigster Dezember"), ("de", date(2027, 1, 1), "Freitag erster Januar"),
    ("fr", DAY, "jeudi vingt quatre décembre"), ("fr", date(2026, 5, 1), "vendredi premier mai"),
    ("es", DAY, "jueves veinticuatro de diciembre"), ("it", DAY, "giovedì venti quattro dicembre"),
    ("ru", DAY, "четверг двадцать четвёртое декабря"),
])  # fmt: skip
def test_dates(language, day, expected):
    assert said(language, spoken.grammar(language).day(day)) == expected


@pytest.mark.parametrize(("language", "at", "expected"), [
    ("en", time(7, 5), "seven oh five a m"), ("en", time(0, 30), "twelve thirty a m"),
    ("en", time(17), "five o'clock p m"),
    ("de", time(17, 30), "siebzehn Uhr dreißig"), ("de", time(1), "ein Uhr"), ("de", time(0, 1), "null Uhr eins"),
    ("fr", time(21, 15), "vingt et une heures quinze"), ("fr", time(1), "une heure"),
    ("es", time(17, 30), "diecisiete horas treinta minutos"), ("es", time(1, 1), "una hora un minuto"),
    ("it", time(17, 30), "ore diciassette e trenta"), ("it", time(1), "ore una"),
    ("ru", time(17, 30), "семнадцать часов тридцать минут"), ("ru", time(21, 1), "двадцать один час одна минута"),
    ("ru", time(2, 22), "два часа двадцать две минуты"),
])  # fmt: skip
def test_times(language, at, expected):
    assert said(language, spoken.grammar(language).time(at)) == expected


def test_years():
    assert said("en", spoken.grammar("en").year(2026)) == "twenty twenty six"
    assert said("en", spoken.grammar("en").year(2005)) == "two thousand five"
    assert said("es", spoken.grammar("es").year(2027)) == "de dos mil veintisiete"


def test_digit_by_digit():
    assert said("en", spoken.digits("192.168.1.2")) == "one nine two dot one six eight dot one dot two"
    assert (
        said("de", spoken.digits("FE80::1/64")) == "F E acht null Doppelpunkt Doppelpunkt eins Schrägstrich sechs vier"
    )
    assert spoken.digits("(030) 4²") == ["n-0", "n-3", "n-0", "n-4"]


@pytest.mark.parametrize("value", [-1, 1_000_000_000])
def test_numbers_beyond_the_grammar_are_refused(value):
    with pytest.raises(ValueError, match="cannot be said; 0 to 999999999 can"):
        spoken.grammar("ru").number(value)


@pytest.fixture(scope="module")
def prompts():
    return Prompts(default_folder())


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_prompt_is_built_and_sound(language, prompts):
    for id in LANGUAGES[language]["phrases"] | LANGUAGES[language]["words"]:
        (path,) = prompts.phrase(language, id)
        with wave.open(str(path)) as file:
            assert (file.getframerate(), file.getsampwidth(), file.getnchannels()) == (8000, 2, 1)
            samples = np.frombuffer(file.readframes(file.getnframes()), "<i2").astype(float) / 32768
        words = len(text(language, id).split())
        assert 0.02 + 0.08 * words < samples.size / 8000 < 4 + 1.2 * words, (id, samples.size / 8000)
        assert abs(samples).max() < 0.95, id  # a sample at full scale is a clipped one
        frames = np.sqrt((samples[: samples.size // 80 * 80].reshape(-1, 80) ** 2).mean(axis=1))
        level_dbfs = 20 * np.log10(np.sqrt((frames[frames > frames.max() / 18] ** 2).mean()))
        assert -27 < level_dbfs < -17, (id, level_dbfs)
        assert abs(samples[:2]).max() < 0.01 and abs(samples[-2:]).max() < 0.01, id  # no click at the ends


def test_files_of_what_is_said(prompts):
    def names(paths):
        return [path.stem for path in paths]

    assert prompts.languages == ("de", "en", "es", "fr", "it", "ru")
    assert names(prompts.digits("de", "10.0")) == ["n-1", "n-0", "dot", "n-0"]
    assert names(prompts.number("ru", 2, feminine=True)) == ["n-2f"]
    assert names(prompts.date("en", DAY, with_year=True))[-3:] == ["n-20", "n-20", "n-6"]
    assert prompts.phrase("nl", "transfer") == prompts.phrase("en", "transfer")
    with pytest.raises(NoSuchPrompt, match="`make setup` builds them"):
        prompts.phrase("en", "no-such")


def test_music_on_hold_is_there():
    assert len(list(default_music_folder().glob("*.wav"))) >= 3


def ids_in_code():
    """Every id that the code says by `say` or `phrases`, with the file that says it."""
    for path in (CATALOGUE.parents[1]).rglob("*.py"):
        for call in ast.walk(ast.parse(path.read_text())):
            if isinstance(call, ast.Call) and getattr(call.func, "attr", "") in ("say", "phrases"):
                for node in (node for argument in call.args for node in ast.walk(argument)):
                    if isinstance(node, ast.Constant) and isinstance(node.value, str) and ID.fullmatch(node.value):
                        yield path.name, node.value


def test_whatever_the_code_says_is_in_the_catalogue():
    said_in_code = set(ids_in_code())
    known = LANGUAGES["en"]["phrases"] | LANGUAGES["en"]["words"]
    assert len(said_in_code) > 30
    assert not {(file, id) for file, id in said_in_code if id not in known}

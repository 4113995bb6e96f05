"""The spoken help: told as the person at the telephone hears it."""

import asyncio
import tomllib
from functools import partial
from pathlib import Path

import pytest

from firmware.calls.leg import LegState
from firmware.media import prompts
from firmware.telephony.codes import DEFAULTS, When
from tests.component.house import House, Telephone
from tests.component.story import play_in_house

SITE = """
version: 1
site: {country: DE, language: en}
feature_codes: {dnd-on: "*78"}
extensions:
  - {number: "101", name: Chief, port: fxs1, department: office, monitor: {mode: whisper}, voicemail: {enabled: true}}
  - {number: "103", name: Anna, sip: {secret: anna-secret-103}, may_block: false}
"""


play = partial(play_in_house, SITE)


def told(here: House) -> dict[str, str]:
    """What follows the name of each code in what was said."""
    return {said.split("+")[0]: said for said in here.media.said if "code-" in said}


def test_every_code_of_the_telephone_is_told_with_its_digits() -> None:
    """N1: the digits as this box has them; what the extension may not use is left out."""

    async def story(here: House) -> None:
        here.dials("103", "*411")
        await here.settled()
        assert here.media.said[0] == "help-intro"
        found = told(here)
        assert found["code-dnd-on"] == "code-dnd-on+*78"
        assert found["code-forward-always-on"] == "code-forward-always-on+*71+code-then-number"
        assert found["code-intercom"] == "code-intercom+*50+code-then-extension"
        for code in ("blacklist-last", "spy-listen", "my-voicemail", "pickup-group", "agent-login", "help"):
            assert f"code-{code}" not in found
        assert "help-in-call+code-transfer-blind+#" in here.media.said

    play(story)


def test_others_have_other_codes() -> None:
    """N1: from an analog telephone."""

    async def story(here: House) -> None:
        chief = here.lifts("101")
        await asyncio.sleep(1)
        chief.press("*411")
        await here.settled()
        found = told(here)
        assert {"code-spy-whisper", "code-my-voicemail", "code-pickup-group", "code-blacklist-add"} <= set(found)
        assert not {"code-spy-listen", "code-spy-barge"} & set(found)

    play(story)


def test_a_key_goes_on_and_hash_ends_it() -> None:
    """N1: nobody has to wait."""

    async def story(here: House) -> None:
        anna = here.dials("103", "*411")
        await asyncio.sleep(0.5)
        for _ in range(3):
            anna.press("1")
            await asyncio.sleep(0.1)
        assert len(here.media.said) == 4
        anna.press("#")
        await here.settled()
        assert len(here.media.said) == 4

    play(story)


@pytest.mark.parametrize("after_s", [0.1, 1.2, 5.0])
def test_hanging_up_leaves_nothing_over(after_s: float) -> None:
    """N1."""

    async def story(here: House) -> None:
        anna: Telephone = here.dials("103", "*411")
        await asyncio.sleep(after_s)
        anna.leaves()
        assert anna.state is LegState.GONE

    play(story)


def test_every_code_has_a_name_to_be_said() -> None:
    """N1: whatever is added to the table."""
    catalogue = Path(prompts.__file__).with_suffix("") / "en.toml"
    phrases = tomllib.loads(catalogue.read_text())["phrases"]
    wanted = {code.id for code in DEFAULTS.values() if code.when in (When.IDLE, When.CALL)} - {"help"}
    assert {f"code-{id_}" for id_ in wanted} <= phrases.keys()

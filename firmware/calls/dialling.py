"""A lifted telephone: dial tone, then digits one by one until the number is complete."""

from firmware.calls.audio import audio_of
from firmware.calls.keys import keys_of
from firmware.calls.leg import Leg
from firmware.calls.race import within
from firmware.media import Media
from firmware.telephony.collector import (
    ArmTimer,
    Begin,
    Collecting,
    Dialled,
    GiveUp,
    Key,
    StopDialTone,
    TimerExpired,
    step,
)
from firmware.telephony.country import Tone
from firmware.telephony.numbering import Plan


async def dialled_number(leg: Leg, media: Media, plan: Plan, dial_tone: Tone) -> str | None:
    """What the telephone dials; None when it dials nothing in time. To be used within `while_up(leg)`."""
    tone = media.tone(dial_tone)
    try:
        media.connect(tone.slot, await audio_of(leg))
        with keys_of(leg) as keys:
            state, actions = step(Collecting(), Begin(), plan)
            wait_s: float | None = None
            event: Key | TimerExpired | None = None
            while True:
                for action in actions:
                    match action:
                        case ArmTimer(seconds):
                            wait_s = seconds
                        case StopDialTone():
                            tone.close()
                        case Dialled(number):
                            if event not in (Key("#"), TimerExpired()):
                                leg.signals.number_taken(plan.site.numbering.inter_digit_s)
                            return number
                        case GiveUp():
                            return None
                try:
                    event = Key(await within(wait_s, keys.get()))
                except TimeoutError:
                    event = TimerExpired()
                state, actions = step(state, event, plan)
    finally:
        tone.close()

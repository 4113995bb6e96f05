"""Somebody at fxs1 and somebody on fxo1, through simulated chips whose registers a test sets past the drivers."""

import numpy as np
from numpy.typing import NDArray

from firmware.hal import ChipSelect
from firmware.simboard.ends import Recorder, ignore
from firmware.simboard.sound import Samples, sine
from tests.inprocess import Copper, copper
from tests.virtual import START, run_virtual

PERIODS = 40
TONE = sine(400, -10, 80 * PERIODS)


class Talk:
    """fxs1 is off the hook, somebody talks on fxo1; bytes go to the chips past the drivers."""

    def __init__(self, box: Copper) -> None:
        self.box, self.slic, self.daa = box, ChipSelect(box.bus, 0), ChipSelect(box.bus, 6)

    async def begin(self) -> "Talk":
        self.box.telephone("fxs1").lift()
        self.box.office("fxo1").ring("", "", START)
        await self.box.after(0.5)
        self.box.lines.fxo["fxo1"].seize()
        await self.box.after(0.5)
        return self

    def set_slic(self, *registers: tuple[int, int]) -> None:
        self.slic.exchange(*map(bytes, registers))

    def set_daa(self, *registers: tuple[int, int]) -> None:
        self.daa.exchange(*(bytes((0x20, *one)) for one in registers))

    def play(self, samples: Samples | NDArray[np.int16] | None = None, channel: int = 0) -> NDArray[np.int16]:
        """What the box captures while it plays this into a channel, or into several from that one on."""
        playback = np.zeros((80 * PERIODS, 8), dtype=np.int16)
        if samples is not None:
            several = samples.reshape(80 * PERIODS, -1)
            playback[:, channel : channel + several.shape[1]] = several
        audio = self.box.board.audio
        return np.concatenate([audio.period(playback[n : n + 80]) for n in range(0, 80 * PERIODS, 80)])

    def says(self, port: str, samples: Samples = TONE) -> NDArray[np.int16]:
        """What the box captures while somebody speaks at that port."""
        self.box.board.ports[port].end.say(samples, ignore)
        captured = self.play()
        self.play()
        return captured

    def hears(self, port: str, samples: Samples | None, channel: int, says: Samples | None = None) -> Samples:
        """What comes to that port's end while the box plays, or while somebody speaks there."""
        heard: list[Samples] = []
        end = self.box.board.ports[port].end
        end.recorders.append(Recorder(80 * PERIODS, heard.append))
        if says is not None:
            end.say(says, ignore)
        self.play(samples, channel)
        self.play()
        return heard[0]


def played(test) -> None:  # type: ignore[no-untyped-def]
    async def main() -> None:
        async with copper() as box:
            test(await Talk(box).begin())

    run_virtual(main)


def snr_db(heard: Samples, sent: Samples) -> float:
    return 20 * float(np.log10(np.linalg.norm(sent) / np.linalg.norm(heard.astype(np.float64) - sent)))

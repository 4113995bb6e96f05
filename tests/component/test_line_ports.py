"""Ports on real drivers on chip simulators, in virtual time: what telephone and line do, what a call wants of them."""

import asyncio

import pytest

from firmware.lines.port import (
    BatteryLost,
    BatteryRestored,
    FirstRingEnded,
    HookFlash,
    InService,
    LineDropped,
    OffHook,
    OnHook,
    PolarityReversed,
    PulseDigit,
    RingStarted,
    RingStopped,
)
from firmware.simboard.ends import ignore
from firmware.simboard.office import Phase
from firmware.telephony.country import load_country
from tests.inprocess import Copper, copper
from tests.virtual import START, run_virtual


def test_every_chip_comes_up() -> None:
    async def main() -> None:
        async with copper() as box:
            assert all(port.in_service and port.fault is None for port in box.lines.fxs.values())
            assert all(port.in_service and port.line_present for port in box.lines.fxo.values())
            assert box.take("fxs1") == [InService()]
            assert box.take("fxo1") == [InService(), BatteryRestored()]
            assert [port.tdm_slot for port in (*box.lines.fxs.values(), *box.lines.fxo.values())] == list(range(8))
            assert box.board.audio.collisions() == []
            assert not any(port.chip.driver_bugs for port in box.board.ports.values())
            assert asyncio.get_running_loop().time() < 2.0

    run_virtual(main)


def test_lift_flash_and_hang_up() -> None:
    async def main() -> None:
        async with copper("DE") as box:
            box.take("fxs1")
            loop = asyncio.get_running_loop()
            lifted_s = loop.time()
            box.telephone("fxs1").lift()
            await box.after(0.05)
            assert box.take("fxs1") == [OffHook()]
            assert loop.time() - lifted_s < 0.06
            assert box.lines.fxs["fxs1"].loop_current_ma() == 20
            box.telephone("fxs1").flash(ignore, 100)
            await box.after(0.5)
            assert box.take("fxs1") == [HookFlash()]
            box.telephone("fxs1").hang_up()
            await box.after(0.9)
            assert box.take("fxs1") == []
            await box.after(0.2)
            assert box.take("fxs1") == [OnHook()]
            assert not box.lines.fxs["fxs1"].off_hook

    run_virtual(main)


@pytest.mark.parametrize("code", ["US", "GB", "DE", "FR"])
def test_rotary_dial_is_never_a_flash(code: str) -> None:
    async def main() -> None:
        async with copper(code) as box:
            box.take("fxs1")
            box.telephone("fxs1").lift()
            await box.after(0.5)
            box.telephone("fxs1").pulse("1290", ignore)
            await box.after(6)
            assert box.take("fxs1") == [OffHook(), *(PulseDigit(digit) for digit in "1290")]

    run_virtual(main)


def test_ring_cadence_first_ring_and_answer() -> None:
    async def main() -> None:
        async with copper("GB") as box:
            box.take("fxs2")
            port = box.lines.fxs["fxs2"]
            port.ring(load_country("GB").ring)
            await box.after(1.1)
            assert box.take("fxs2") == [FirstRingEnded()]
            await box.after(3.0)
            assert box.telephone("fxs2").state()["distinctive"] == "normal"
            assert box.telephone("fxs2").state()["cadence_ms"][:4] == pytest.approx([400, 200, 400, 2000], abs=40)
            box.telephone("fxs2").lift()
            await box.after(0.2)
            assert box.take("fxs2") == [OffHook()]
            assert not port.ringing
            assert not box.telephone("fxs2").ringer.ringing
            box.telephone("fxs2").hang_up()
            await box.after(1.5)
            assert box.take("fxs2") == [OnHook()]

    run_virtual(main)


def test_answer_during_a_burst_is_a_ring_trip() -> None:
    async def main() -> None:
        async with copper("US") as box:
            box.take("fxs1")
            box.lines.fxs["fxs1"].ring(load_country("US").ring)
            await box.after(0.7)
            box.telephone("fxs1").lift()
            await box.after(0.13)
            assert box.take("fxs1") == [OffHook()]
            await box.after(1.0)
            assert box.take("fxs1") == []
            assert box.telephone("fxs1").wires.current_ma == 20

    run_virtual(main)


def test_distinctive_ring_is_told_apart() -> None:
    async def main() -> None:
        async with copper("DE") as box:
            box.lines.fxs["fxs1"].ring(load_country("DE").cadence("dr3"))
            await box.after(7)
            assert box.telephone("fxs1").state()["distinctive"] == "dr3"
            box.lines.fxs["fxs1"].stop_ring()
            await box.after(7)
            assert not box.telephone("fxs1").ringer.ringing

    run_virtual(main)


def test_six_telephones_ring_three_at_a_time() -> None:
    async def main() -> None:
        async with copper("DE") as box:
            for port in box.lines.fxs.values():
                port.ring(load_country("DE").ring)
            most = 0
            for _ in range(110):
                await box.after(0.1)
                sounding = sum(phone.ringer.sounding for phone in box.board.telephones.values())
                most = max(most, sounding)
            assert most == 3
            assert all(phone.state()["distinctive"] == "normal" for phone in box.board.telephones.values())

    run_virtual(main)


def test_lifting_while_caller_id_may_come() -> None:
    async def main() -> None:
        async with copper("DE") as box:
            box.take("fxs1")
            port = box.lines.fxs["fxs1"]
            port.ring(load_country("DE").ring)
            await box.after(1.5)
            assert box.sim("fxs1").chip.audio().gain_to_line == 1.0  # on-hook transmission
            box.telephone("fxs1").lift()
            await box.after(0.1)
            assert box.take("fxs1") == [FirstRingEnded(), OffHook()]
            await box.after(10)
            assert box.telephone("fxs1").wires.current_ma == 20

    run_virtual(main)


def test_battery_removal_and_polarity_towards_a_telephone() -> None:
    async def main() -> None:
        async with copper("US") as box:
            box.take("fxs1")
            port = box.lines.fxs["fxs1"]
            box.telephone("fxs1").lift()
            await box.after(0.2)
            port.reverse_polarity(True)
            await box.after(0.1)
            assert box.telephone("fxs1").wires.reversed
            assert box.telephone("fxs1").wires.current_ma == 20
            port.remove_battery()
            await box.after(0.1)
            assert box.telephone("fxs1").wires.current_ma == 0
            await box.after(1.0)
            assert box.telephone("fxs1").wires.current_ma == 20
            assert box.take("fxs1") == [OffHook()]
            port.remove_battery()
            await box.after(0.2)
            box.telephone("fxs1").hang_up()
            await box.after(3)
            assert box.take("fxs1") == [OnHook()]
            assert not box.telephone("fxs1").wires.reversed

    run_virtual(main)


def test_caller_id_before_the_ring() -> None:
    async def main() -> None:
        async with copper("GB") as box:
            port = box.lines.fxs["fxs1"]
            await port.prepare_caller_id()
            assert box.telephone("fxs1").wires.reversed
            assert box.sim("fxs1").chip.audio().gain_to_line == 1.0
            port.ring(load_country("GB").ring)
            await box.after(0.2)
            assert box.telephone("fxs1").ringer.sounding
            port.stop_ring()

    run_virtual(main)


# ---- lines to the exchange ----


async def ringing(box: Copper) -> None:
    box.take("fxo1")
    box.office("fxo1").ring("0301", "Anna", START)
    await box.after(0.5)
    assert box.take("fxo1") == [RingStarted()]


@pytest.mark.parametrize("code", ["US", "DE", "FR"])
def test_line_rings_and_caller_gives_up(code: str) -> None:
    async def main() -> None:
        async with copper(code) as box:
            await ringing(box)
            await box.after(12)
            assert box.take("fxo1") == []
            assert box.lines.fxo["fxo1"].ringing
            box.office("fxo1").hang_up("battery")
            await box.after(9)
            assert box.take("fxo1") == [RingStopped()]

    run_virtual(main)


def test_british_line_reverses_before_it_rings() -> None:
    async def main() -> None:
        async with copper("GB") as box:
            box.take("fxo1")
            box.office("fxo1").ring("0301", "", START)
            await box.after(3)
            assert box.take("fxo1") == [PolarityReversed(), RingStarted()]

    run_virtual(main)


def test_answer_a_line() -> None:
    async def main() -> None:
        async with copper("DE") as box:
            await ringing(box)
            box.lines.fxo["fxo1"].seize()
            await box.after(1)
            assert box.office("fxo1").phase is Phase.TALKING
            assert box.take("fxo1") == []
            box.lines.fxo["fxo1"].release()
            await box.after(1)
            assert box.office("fxo1").phase is Phase.IDLE

    run_virtual(main)


def test_pulses_flash_and_the_ways_to_hang_up() -> None:
    async def main() -> None:
        async with copper("DE") as box:
            box.take("fxo2")
            port = box.lines.fxo["fxo2"]
            port.seize()
            await box.after(0.5)
            assert box.office("fxo2").phase is Phase.DIAL_TONE
            await port.dial_pulses("203")
            assert box.office("fxo2").digits == "203"
            await box.after(3)
            assert box.office("fxo2").phase is Phase.RINGBACK
            box.office("fxo2").answer(reverse=True)
            await box.after(0.5)
            port.flash()
            await box.after(0.5)
            assert box.office("fxo2").flashes == 1
            assert box.take("fxo2") == [PolarityReversed()]
            box.office("fxo2").hang_up("polarity")
            await box.after(0.5)
            assert box.take("fxo2") == [PolarityReversed()]
            port.release()
            await box.after(1)
            port.seize()
            await port.dial_pulses("1")
            box.office("fxo2").hang_up("battery")
            await box.after(0.3)
            assert box.take("fxo2") == [LineDropped()]
            port.release()

    run_virtual(main)


def test_line_unplugged_and_back() -> None:
    async def main() -> None:
        async with copper("US") as box:
            box.take("fxo1")
            box.office("fxo1").connect(False)
            await box.after(1)
            assert box.take("fxo1") == [BatteryLost()]
            assert not box.lines.fxo["fxo1"].line_present
            box.office("fxo1").connect(True)
            await box.after(1)
            assert box.take("fxo1") == [BatteryRestored()]

    run_virtual(main)

"""Faults of chips and lines in virtual time: a clear message, only that port out of service, and back by itself."""

import asyncio
import logging
import re

import pytest

from firmware.lines import upkeep
from firmware.lines.port import InService, OffHook, OutOfService
from firmware.simboard.board import Board
from firmware.simboard.faults import set_fault
from tests.inprocess import Copper, copper
from tests.virtual import run_virtual


def others_are_well(box: Copper, *faulty: str) -> None:
    for name, port in (*box.lines.fxs.items(), *box.lines.fxo.items()):
        assert port.in_service is (name not in faulty), (name, port.fault)


@pytest.mark.parametrize(
    ("port", "fault", "message"),
    [
        ("fxs2", "absent", r"fxs2 \(Si3215\): DR0 ID=0xFF .*does not answer: check its power, chip select and reset"),
        ("fxs2", "corrupt", r"fxs2 \(Si32.*expected.*"),
        ("fxs2", "calibration", r"fxs2 \(Si3215\): DR96 CALIBRATION_1=0x\w\w .*calibration failed: hang up"),
        ("fxo1", "absent", r"fxo1 \(Si3050\): R2 CONTROL_2=0xFF .*does not answer"),
        ("fxo1", "corrupt", r"fxo1 \(Si3050\): R2 CONTROL_2=0x13 "),
        ("fxo2", "link", r"fxo2 \(Si3050\): R11 LINE_SIDE=0x00 .*no answer across the isolation"),
    ],
)
def test_chip_that_is_faulty_from_the_start(port: str, fault: str, message: str) -> None:
    def before(board: Board) -> None:
        set_fault(board.ports[port], fault, on=True)

    async def main() -> None:
        async with copper(before=before) as box:
            others_are_well(box, port)
            reason = box.take(port)[-1]
            assert isinstance(reason, OutOfService)
            assert re.search(message, reason.reason), reason.reason
            set_fault(box.sim(port), fault, on=False)
            await box.after(10)
            others_are_well(box)
            assert InService() in box.take(port)

    run_virtual(main)


@pytest.mark.parametrize(
    ("port", "fault", "message"),
    [
        ("fxs3", "absent", "the chip does not answer"),
        ("fxs3", "corrupt", "expected"),
        ("fxo1", "absent", "the chip does not answer"),
        ("fxo1", "link", "the link across the isolation is lost"),
    ],
)
def test_chip_that_fails_later(port: str, fault: str, message: str) -> None:
    async def main() -> None:
        async with copper() as box:
            box.take(port)
            set_fault(box.sim(port), fault, on=True)
            await box.after(1)
            others_are_well(box, port)
            assert message in str(box.take(port)[0])
            set_fault(box.sim(port), fault, on=False)
            await box.after(10)
            others_are_well(box)

    run_virtual(main)


def test_one_corrupted_byte_is_no_fault(caplog: pytest.LogCaptureFixture) -> None:
    async def main() -> None:
        async with copper() as box:
            box.sim("fxs1").chip.faults.corrupt_reads = 1
            box.sim("fxs1").chip.faults.corrupt_mask = 0xFE
            box.sim("fxo1").chip.faults.corrupt_reads = 1
            await box.after(2)
            others_are_well(box)
            assert box.heard["fxs1"] == [InService()]

    run_virtual(main)


def test_no_pcm_clock() -> None:
    async def main() -> None:
        async with copper(clock=False) as box:
            others_are_well(box, *box.lines.fxs)
            assert "the PCM clock does not run: the sound card must be open" in (box.lines.fxs["fxs1"].fault or "")
            box.board.set_clock(True)
            await box.after(10)
            others_are_well(box)

    run_virtual(main)


def test_pcm_clock_lost_while_up() -> None:
    async def main() -> None:
        async with copper() as box:
            box.board.set_clock(False)
            await box.after(8)
            others_are_well(box, *box.lines.fxs)
            lost = box.heard["fxs1"][1]
            assert isinstance(lost, OutOfService)
            assert "the line battery has gone: check its supply and the PCM clock" in lost.reason
            box.board.set_clock(True)
            await box.after(35)
            others_are_well(box)

    run_virtual(main)


def test_shorted_line_is_opened_and_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upkeep, "HOURLY_S", 60.0)

    async def main() -> None:
        async with copper() as box:
            box.take("fxs4")
            set_fault(box.sim("fxs4"), "shorted", on=True)
            await box.after(20)
            others_are_well(box, "fxs4")
            assert box.take("fxs4") == [
                OffHook(), OutOfService("fxs4: the line is shorted: check cable and telephone, then plug it in"),
            ]  # fmt: skip
            assert box.sim("fxs4").end.state()["loop_current_ma"] == 0
            set_fault(box.sim("fxs4"), "shorted", on=False)
            await box.after(60)
            others_are_well(box)

    run_virtual(main)


def test_leaking_line_is_warned_about(caplog: pytest.LogCaptureFixture) -> None:
    async def main() -> None:
        async with copper(before=lambda board: set_fault(board.ports["fxs1"], "leaking", on=True)) as box:
            others_are_well(box)

    with caplog.at_level(logging.WARNING):
        run_virtual(main)
    assert "fxs1 (Si3215): the line battery leaks" in caplog.text


def test_telephone_off_hook_while_the_box_starts() -> None:
    async def main() -> None:
        async with copper(before=lambda board: board.telephones["fxs1"].lift()) as box:
            others_are_well(box, "fxs1")
            assert "hang up the telephone" in (box.lines.fxs["fxs1"].fault or "")
            box.telephone("fxs1").hang_up()
            await box.after(10)
            others_are_well(box)

    run_virtual(main)


def test_board_loses_power_and_comes_back_fast_with_the_telephone_off_hook() -> None:
    async def main() -> None:
        async with copper() as box:
            box.telephone("fxs1").lift()
            await box.after(1)
            box.take("fxs1")
            for low in (True, False):
                for port in box.board.ports.values():
                    port.chip.set_reset(low)
            await box.after(2)
            others_are_well(box)
            events = box.take("fxs1")
            assert isinstance(events[0], OutOfService)
            assert events[1:] == [InService(), OffHook()]

    run_virtual(main)


def test_program_restarts_and_keeps_the_calibration() -> None:
    async def main() -> None:
        async with copper() as box:
            box.telephone("fxs1").lift()  # a full start would fail
            await box.after(0.5)
            loop = asyncio.get_running_loop()
            started_s = loop.time()
            for port in box.lines.fxs.values():
                port.chip.keep_calibration()
            await box.lines.fxs["fxs1"].chip.start()
            assert loop.time() - started_s < 0.5

    run_virtual(main)

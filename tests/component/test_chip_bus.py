"""How often the drivers cross the bus: each crossing is a wait of the call loop."""

from collections.abc import Sequence

import pytest

from firmware.lines.port import OffHook
from firmware.telephony.country import load_country
from tests.inprocess import Copper, copper
from tests.virtual import run_virtual

BYTE = 1  # chip select rises after each byte (hardware.md section 1)


def counted(box: Copper, patch: pytest.MonkeyPatch) -> list[tuple[int, list[int]]]:
    """Every transfer from now on: chip select and the lengths of its frames."""
    seen: list[tuple[int, list[int]]] = []
    through = box.bus.transfer

    def transfer(cs: int, frames: Sequence[bytes]) -> bytes:
        seen.append((cs, [len(frame) for frame in frames]))
        return through(cs, frames)

    patch.setattr(box.bus, "transfer", transfer)
    return seen


@pytest.mark.parametrize("lifted", [False, True])
@pytest.mark.parametrize("thorough", [False, True])
def test_a_scan_is_one_round_trip_for_each_port(lifted: bool, thorough: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    async def main() -> None:
        async with copper() as box:
            if lifted:
                for telephone in box.board.telephones.values():
                    telephone.lift()
            await box.after(0.5)
            seen = counted(box, monkeypatch)
            for port in (*box.lines.fxs.values(), *box.lines.fxo.values()):
                port.scan(thorough)
            assert [cs for cs, _ in seen] == [0, 1, 2, 3, 4, 5, 6, 6]
            assert {length for _, lengths in seen for length in lengths} == {BYTE}
            assert len(seen[0][1]) == (6 if thorough else 4)  # bytes: two or three registers

    run_virtual(main)


def test_answering_is_no_flash_whenever_the_scan_looks() -> None:
    """From ring trip to the debounced loop the chip shows several things; none of them is a handset put down."""

    async def main() -> None:
        async with copper("DE") as box:
            port = box.lines.fxs["fxs3"]
            port.ring(load_country("DE").ring)
            await box.after(0.3)
            box.take("fxs3")
            box.telephone("fxs3").lift()
            for _ in range(300):
                await box.after(0.002)
                port.scan(False)
            assert box.take("fxs3") == [OffHook()]
            assert port.off_hook

    run_virtual(main)


def test_a_hook_change_costs_few_round_trips(monkeypatch: pytest.MonkeyPatch) -> None:
    async def main() -> None:
        async with copper() as box:
            await box.after(0.01)
            seen = counted(box, monkeypatch)
            box.telephone("fxs3").lift()
            await box.after(0.05)
            assert box.lines.fxs["fxs3"].off_hook
            assert [cs for cs, _ in seen].count(2) <= 4  # sources, their reset, the line; perhaps a scan

    run_virtual(main)

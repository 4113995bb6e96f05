"""Faults that can be put into a port of the simulated board, by name: for tests of what the box makes of them."""

from firmware.chips.si3050.sim import Si3050Sim
from firmware.simboard.audio import SimPort
from firmware.simboard.ends import Refusal
from firmware.simboard.office import Office
from firmware.simboard.telephone import Telephone

FAULTS = ("absent", "corrupt", "calibration", "shorted", "leaking", "unplugged", "link", "echo")
ENDLESS = 1 << 30


def set_fault(port: SimPort, fault: str, on: bool) -> None:
    """Put a fault of FAULTS into a port, or take it away. Raises Refusal where the port cannot have it."""
    match fault, port.end:
        case "absent", _:
            port.chip.faults.absent = on
        case "corrupt", _:
            port.chip.faults.corrupt_reads = ENDLESS if on else 0
        case "calibration", Telephone():
            port.chip.faults.calibration_fails = on
        case "echo", _:
            port.echo = on
        case "unplugged", Telephone() as phone:
            phone.wires.connected = not on
            phone.wires.load_changed()
        case "unplugged", Office() as office:
            office.connect(not on)
        case "shorted", Telephone() as phone:
            phone.wires.shorted = on
            phone.wires.load_changed()
        case "leaking", Telephone() as phone:
            phone.wires.leaking = on
        case "link", _ if isinstance(port.chip, Si3050Sim):
            port.chip.set_link(not on)
        case _:
            raise Refusal(f"{port.spec.name} cannot have the fault {fault}")

"""People who set forwards, wake-up calls and breaks, page, listen, record and follow each other, all at once.

Nothing may be left over, and no call may fail. `FXBOX_STORMS` says how many storms there are (default 20).
"""

import os

import pytest

from tests.component.house import house
from tests.component.storm import Storm, no_failures
from tests.scenarios.wakeups import book_of
from tests.virtual import run_virtual

SITE = """
version: 1
site: {country: DE, language: en}
numbering: {operator: "101"}
extensions:
  - {number: "101", name: Reception, port: fxs1, department: office, monitor: {allow: true, mode: all}}
  - {number: "102", name: Workshop, port: fxs2, department: office, dnd: true, forward: {always: "103"}}
  - number: "103"
    name: Anna
    sip: {secret: anna-secret-103}
    department: office
    record: {automatic: all}
    voicemail: {pin: "4711"}
    follow_me:
      enabled: true
      own_ring_s: 5
      list: [{number: "104", ring_s: 5}, {number: "9030123", ring_s: 8}, {number: "101", ring_s: 5}]
  - number: "104"
    name: Ben
    sip: {secret: ben-secret-104}
    department: office
    monitor: {allow: true, mode: all}
    forward: {busy: "9030765", no_answer: "103"}
trunks:
  - {name: line1, type: fxo, port: fxo1}
  - {name: provider, type: sip, host: 192.0.2.20, register: false}
outbound:
  - {name: outside, prefix: "9", trunks: [provider, line1]}
inbound:
  - {trunk: line1, to: "103"}
  - {trunk: provider, to: queue/631}
queues:
  - {number: "631", name: Q, agents: ["101", "103"], dynamic_agents: ["104"], ring_s: 5, auto_pause_after: 3,
     announce_hold_time: true, max_wait_s: 30, otherwise: room/90}
limits: {outbound_per_minute: 1000, outbound_per_hour: 10000, max_call_minutes: 1}
"""
STORMS = int(os.environ.get("FXBOX_STORMS", "20"))
PEOPLE = ("101", "102", "103", "104")
NUMBERS = (
    *PEOPLE, "*50103", "*51101", "*55*0900", "*55", "*055", "*71", "*71103", "*072", "*73104", "*073", "*74", "*074",
    "9030765", "631", "*90101", "*91104", "**103", "*8", "*62", "*95", "*095", "90", "*43", "**13", "112",
)  # fmt: skip
KEYS = (
    "1", "2", "3", "4", "5", "6", "#", "0", "*1", "*2103", "#104#", "*4", "*0", "11010#", "21", "0101", "**", "*#", "*",
)  # fmt: skip


@pytest.mark.parametrize("seed", range(STORMS))
def test_whatever_people_do_with_services(seed: int) -> None:
    async def main() -> None:
        async with house(SITE) as here:
            here.answers_assumed.add("line1")
            here.single_lines.add("line1")
            await Storm(here, seed, NUMBERS, KEYS, 90.0).rage(PEOPLE, ("line1", "provider"))
            for extension in PEOPLE:
                book_of(here).cancel_all(extension)

    with no_failures():
        run_virtual(main, limit_s=86_400)

"""Who calls by a line of the telephone network, as the network says it in the audio of the line (FSK).

Not responsible for when it does so (`outside_line.py`), nor for what the message means (`telephony.callerid`).
"""

import asyncio
import logging

from firmware.calls.leg import Party
from firmware.media import CallerIdMessage, Heard, ListenFor, Media
from firmware.telephony.callerid import CallerIdError, parse_caller_id

CALLER_ID_S = 4.0  # from the first ring; the second comes after 4 to 6 s everywhere

log = logging.getLogger(__name__)


async def heard_caller(media: Media, slot: int, standard: str, port: str, trunk: str) -> Party:
    """The caller; one without a number if none comes, for as long as it may take."""
    found: asyncio.Future[Party] = asyncio.get_running_loop().create_future()

    def on_heard(heard: Heard) -> None:
        if isinstance(heard, CallerIdMessage) and not found.done():
            try:
                caller = parse_caller_id(heard.message)
            except CallerIdError as error:
                log.info("%s: %s", port, error)
                return
            found.set_result(Party(caller.number, caller.name, trunk=trunk, withheld=caller.absent == "private"))

    ear = media.listen(slot, ListenFor(caller_id=standard), on_heard)
    try:
        async with asyncio.timeout(CALLER_ID_S):  # wait_for would swallow a cancel before Python 3.12
            return await found
    except TimeoutError:
        return Party(number="", trunk=trunk)
    finally:
        ear.close()

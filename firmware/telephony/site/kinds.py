"""Kinds of value that several settings share: each is a constraint and the words that say it to people.

Not responsible for what a setting means: that stands where the setting is.
"""

from typing import Annotated

from msgspec import Meta


def _kind(pattern: str, allowed: str, example: str) -> Meta:
    """`allowed` is what an error message and the documentation say instead of the regular expression."""
    return Meta(pattern=pattern, extra={"allowed": allowed}, examples=[example])


Number = Annotated[str, _kind(r"^[0-9]{2,7}$", "2 to 7 digits, in quotes", "101")]
"""A number of the box itself: extension, group, queue, room, menu (N4)."""
Dialled = Annotated[str, _kind(r"^\+?[0-9*#]{1,32}$", "up to 32 digits, as dialled, in quotes", "90301234567")]
"""A number as a user of the box dials it, with the outbound prefix where one is needed (N7)."""
Digits = Annotated[str, _kind(r"^[0-9]{0,32}$", "digits, in quotes", "0049")]
Public = Annotated[str, _kind(r"^\+?[0-9]{1,32}$", "digits, with a leading + or without, in quotes", "4930123456")]
"""A number of the public telephone network."""
Emergency = Annotated[str, _kind(r"^[0-9]{2,6}$", "2 to 6 digits, in quotes", "112")]
Prefix = Annotated[str, _kind(r"^[0-9*]{1,4}$", "1 to 4 digits, in quotes", "9")]
Range = Annotated[str, _kind(r"^[0-9]{2,7}-[0-9]{2,7}$", "two numbers with as many digits each", "100-899")]
Pattern = Annotated[
    str,
    _kind(
        r"^(\+?([0-9xXzZnN]|\[[0-9-]+\])+\.?|\+?\.|\+)$",
        "digits, x (0-9), z (1-9), n (2-9), [1-5] (one of these), a final . (one or more of anything)",
        "7xx",
    ),
]
"""A digit map; see `firmware.telephony.digitmap`."""
Star = Annotated[str, _kind(r"^[0-9*#]{1,6}$", "1 to 6 of 0-9 * #, in quotes", "*74")]
"""A feature code."""
Name = Annotated[str, _kind(r"^[A-Za-z0-9][A-Za-z0-9_-]{0,31}$", "1 to 32 letters, digits, - and _", "provider")]
"""What another setting refers to."""
Label = Annotated[str, _kind(r"^[^\x00-\x1f\x7f\"<>]{1,64}$", '1 to 64 characters, none of " < >', "Reception")]
"""A name that people read, on displays too."""
FxsPort = Annotated[str, _kind(r"^fxs[1-9][0-9]?$", "fxs1, fxs2, ...", "fxs1")]
FxoPort = Annotated[str, _kind(r"^fxo[1-9][0-9]?$", "fxo1, fxo2, ...", "fxo1")]
Country = Annotated[str, _kind(r"^[A-Z]{2}$", "a country of ISO 3166, two capital letters", "DE")]
Pin = Annotated[str, _kind(r"^[0-9]{4,12}$", "4 to 12 digits, in quotes", "4711")]
Email = Annotated[str, _kind(r"^[^@\s]{1,64}@[^@\s]{1,190}$", "an e-mail address", "reception@example.test")]
Notified = Annotated[
    str, _kind(r"^([0-9]{2,7}|[^@\s]{1,64}@[^@\s]{1,190})$", "an extension, in quotes, or an e-mail address", "101")
]
"""Who is told of something: by telephone, and by mail where there is an address."""
Account = Annotated[str, _kind(r"^[!-~]{1,128}$", "1 to 128 characters, no spaces", "fxbox@example.test")]
"""The name under which the box logs in somewhere else."""
Password = Annotated[str, _kind(r"^[^\x00-\x1f\x7f]{1,128}$", "1 to 128 characters", "a password of another server")]
Host = Annotated[
    str, _kind(r"^([A-Za-z0-9.-]{1,253}|[0-9A-Fa-f:]{2,45})$", "a host name or an address", "sip.example.test")
]
Url = Annotated[
    str,
    _kind(
        r"^https?://([A-Za-z0-9.-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(:[0-9]{1,5})?(/[!-~]{0,500})?$",
        "http:// or https://, a name or address, a path; no user and no password",
        "https://hooks.example.test/fxbox",
    ),
]
Network = Annotated[str, _kind(r"^[0-9A-Fa-f.:]{2,45}(/[0-9]{1,3})?$", "an address or a network", "192.168.1.0/24")]
PortRange = Annotated[str, _kind(r"^[0-9]{4,5}-[0-9]{4,5}$", "two ports, 1024 to 65535", "16384-32767")]
Listen = Annotated[
    str,
    _kind(r"^([0-9.]{7,15}|\[[0-9A-Fa-f:]{2,45}\]):[0-9]{1,5}$", "ADDRESS:PORT", "0.0.0.0:5060"),
]
Destination = Annotated[
    str,
    _kind(
        r"^([0-9]{2,7}|operator|fax|direct|hangup|(extension|group|queue|menu|room|voicemail)/[0-9]{2,7})$",
        "a number of the box, operator, fax, direct, hangup, or group/, queue/, menu/, room/, voicemail/ and a number",
        "queue/631",
    ),
]
"""Where an incoming call goes; see `firmware.telephony.destination`."""
Listed = Annotated[
    str, _kind(r"^\+?[0-9][0-9 /().-]{0,40}\*?$", "a number; a final * stands for any further digits", "0900*")
]
"""An entry of the blacklist."""
Moment = Annotated[str, _kind(r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$", "a date as YYYY-MM-DD", "2026-12-25")]
Md5 = Annotated[str, _kind(r"^[0-9a-f]{32}$", "32 digits of 0-9 a-f", "0" * 32)]
Sha256 = Annotated[str, _kind(r"^[0-9a-f]{64}$", "64 digits of 0-9 a-f", "0" * 64)]
Secret = Annotated[str, Meta(min_length=12, max_length=64, pattern=r"^[!-~]+$", extra={"allowed": "no spaces"})]
"""What a device proves itself with: at least 12 characters (security.md 3.2)."""

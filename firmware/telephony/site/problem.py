"""What is wrong with a site file: where, what, and what is allowed there.

Not responsible for finding it: `text.py`, `validate.py`, `check.py`.
"""

from dataclasses import dataclass

Place = tuple[str | int, ...]
"""Way to a value: keys and positions, such as ("extensions", 2, "sip", "secret")."""


@dataclass(frozen=True, slots=True)
class Problem:
    """`fatal`: the file is refused; if not, it is a warning."""

    place: Place
    message: str
    fatal: bool = True

    def __str__(self) -> str:
        where = in_words(self.place)
        return f"{where}: {self.message}" if where else self.message


def in_words(place: Place) -> str:
    """`extensions[2].sip.secret`."""
    words = ""
    for part in place:
        words += f"[{part}]" if isinstance(part, int) else f".{part}" if words else part
    return words


def warning(place: Place, message: str) -> Problem:
    return Problem(place, message, fatal=False)

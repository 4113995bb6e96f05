"""Where one bench stands: addresses of its own in 127.0.0.0/8, so that several can run on one machine at once."""

import random
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """Addresses of those who call and who are called."""

    net: str

    @classmethod
    def somewhere(cls) -> "Place":
        return cls(f"127.{random.randint(1, 250)}.{random.randint(1, 250)}")

    @property
    def network(self) -> str:
        return f"{self.net}.0/24"

    @property
    def callers(self) -> str:
        return f"{self.net}.2"

    @property
    def callees(self) -> str:
        return f"{self.net}.3"

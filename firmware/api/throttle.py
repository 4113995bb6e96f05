"""How often one may try to log in: pure arithmetic on times of failures, no I/O.

security.md section 5: after three errors an account waits 1, 2, 4 … 60 s; a source with five errors in five minutes
is refused until the oldest of them is five minutes old. The tables are bounded: a flood of names forgets the oldest.
"""

from collections import OrderedDict, deque
from dataclasses import dataclass, field
from typing import Final

ERRORS_FREE: Final = 2  # the third error starts the delay
DELAY_MAX_S: Final = 60.0
SOURCE_ERRORS: Final = 5
SOURCE_WINDOW_S: Final = 300.0
ENTRIES_MAX: Final = 4096


@dataclass(slots=True)
class AccountErrors:
    count: int = 0
    free_at_s: float = 0.0


@dataclass(slots=True)
class Throttle:
    """Failures of accounts and sources. All times are monotonic seconds given by the caller."""

    _accounts: OrderedDict[str, AccountErrors] = field(default_factory=OrderedDict)
    _sources: OrderedDict[str, deque[float]] = field(default_factory=OrderedDict)

    def wait_s(self, account: str, source: str, now_s: float) -> float:
        """Seconds until this account may be tried from this source; 0 = now."""
        errors = self._sources.get(source, deque())
        recent = [at_s for at_s in errors if now_s - at_s < SOURCE_WINDOW_S]
        source_wait_s = recent[-SOURCE_ERRORS] + SOURCE_WINDOW_S - now_s if len(recent) >= SOURCE_ERRORS else 0.0
        account_wait_s = self._accounts[account].free_at_s - now_s if account in self._accounts else 0.0
        return max(source_wait_s, account_wait_s, 0.0)

    def failed(self, account: str, source: str, now_s: float) -> None:
        """Count one error."""
        entry = self._accounts.setdefault(account, AccountErrors())
        entry.count += 1
        if entry.count > ERRORS_FREE:
            entry.free_at_s = now_s + min(DELAY_MAX_S, 2.0 ** min(entry.count - ERRORS_FREE - 1, 16))
        self._accounts.move_to_end(account)
        self._sources.setdefault(source, deque(maxlen=SOURCE_ERRORS)).append(now_s)
        self._sources.move_to_end(source)
        for table in (self._accounts, self._sources):
            while len(table) > ENTRIES_MAX:
                table.popitem(last=False)

    def succeeded(self, account: str) -> None:
        """Forget the account's errors; those of the source stay."""
        self._accounts.pop(account, None)

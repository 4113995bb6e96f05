"""The trace of a decision: every rule that was looked at, in order and in plain words.

Not responsible for deciding. The same steps go to the call log, to `fxbox explain` and to the portal.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from firmware.contract.replies import StepMark


@dataclass(frozen=True, slots=True)
class Step:
    """One rule: what it looked at, and what came of it. `setting` is the key of the site file that governs it."""

    rule: str
    looked_at: str
    outcome: str
    mark: StepMark = StepMark.NOT_APPLIED
    setting: str = ""

    @property
    def text(self) -> str:
        return f"{self.looked_at}: {self.outcome}" if self.looked_at else self.outcome


@dataclass(frozen=True, slots=True)
class Trace:
    """Steps in the order in which they were taken."""

    steps: tuple[Step, ...] = ()

    def __iter__(self) -> Iterator[Step]:
        return iter(self.steps)

    def as_text(self) -> str:
        """One line a step: the rule, then what it looked at and what came of it."""
        return "\n".join(f"{step.rule:<15} {step.text}" for step in self.steps)

    def as_rows(self) -> list[list[str]]:
        """For storing: rule, what was looked at, outcome, mark and setting of each step."""
        return [[s.rule, s.looked_at, s.outcome, s.mark.value, s.setting] for s in self.steps]

    @classmethod
    def from_rows(cls, rows: list[list[str]]) -> "Trace":
        """The inverse of `as_rows`."""
        return cls(tuple(Step(rule, at, outcome, StepMark(mark), key) for rule, at, outcome, mark, key in rows))


@dataclass(slots=True)
class Trail:
    """A trace in the making; it never leaves the function that decides."""

    steps: list[Step] = field(default_factory=list)

    def passed(self, rule: str, looked_at: str, outcome: str, setting: str = "") -> None:
        """The rule was looked at and changes nothing."""
        self.steps.append(Step(rule, looked_at, outcome, StepMark.NOT_APPLIED, setting))

    def applied(self, rule: str, looked_at: str, outcome: str, setting: str = "") -> None:
        """The rule leads the call on."""
        self.steps.append(Step(rule, looked_at, outcome, StepMark.APPLIED, setting))

    def decided(self, rule: str, looked_at: str, outcome: str, setting: str = "") -> None:
        """The rule ends the deciding."""
        self.steps.append(Step(rule, looked_at, outcome, StepMark.DECIDED, setting))

    def trace(self) -> Trace:
        return Trace(tuple(self.steps))

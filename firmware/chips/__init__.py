"""Line chips: one folder each with its register table, its driver and its simulator."""


class ChipError(Exception):
    """A chip does not do what its data sheet says. `advice` is what a user can do, shown with the port."""

    def __init__(self, chip: str, what: str, advice: str = "") -> None:
        super().__init__(f"{chip}: {what}" + (f"; {advice}" if advice else ""))
        self.chip, self.what, self.advice = chip, what, advice

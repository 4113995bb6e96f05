"""Board files: the shipped ones are right; wrong ones say what is wrong."""

import pytest

from firmware.lines.boardfile import BoardFileError, board_from, board_names, load_board

GOOD = {
    "name": "x",
    "hal": "sim",
    "pcm": {"backend": "sim", "channels": 2, "period_samples": 80},
    "pins": {},
    "port": [{"name": "fxs1", "chip": "si3210", "cs": 0, "slot": 0}],
}
DAA = {"name": "fxo1", "chip": "si3050", "cs": 1, "cid": 0, "slot": 1}


@pytest.mark.parametrize("name", board_names())
def test_shipped_boards(name: str) -> None:
    board = load_board(name)
    assert board.name == name
    assert [port.name for port in board.fxs] == [f"fxs{n}" for n in range(1, 7)]
    assert [(port.name, port.slot) for port in board.fxo] == [("fxo1", 6), ("fxo2", 7)]
    assert (board.pcm.channels, board.pcm.period_samples) == (8, 80)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"port": [{"name": "a", "chip": "si9", "cs": 0, "slot": 0}]}, "port a: chip si9; allowed are si3210"),
        ({"port": [{"name": "a", "chip": "si3210", "cs": 0, "slot": 2}]}, "slot 2; 0-1"),
        ({"port": [DAA, DAA]}, "two ports share"),
        ({"port": [*GOOD["port"], DAA | {"cs": 0}]}, "chip select 0 is a telephone chip's"),  # type: ignore[misc]
        ({"port": [DAA, {"name": "b", "chip": "si3210", "cs": 1, "slot": 0}]}, "chip select 1 is a telephone chip's"),
        ({"pcm": {"backend": "sim"}}, "channels"),
    ],
)
def test_wrong_board_file(change: dict[str, object], message: str) -> None:
    with pytest.raises(BoardFileError, match=message):
        board_from(GOOD | change)


def test_unknown_board() -> None:
    with pytest.raises(BoardFileError, match="board desk: allowed are beaglebone, sim"):
        load_board("desk")

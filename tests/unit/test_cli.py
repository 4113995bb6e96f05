"""The command line's frame: finds commands, loads only the one that is used, turns outcomes into exit statuses."""

import subprocess
import sys
import types
from pathlib import Path

import pytest

from firmware import cli
from firmware.commands import Refused


@pytest.fixture
def command(monkeypatch):
    """One command `probe` whose run is set by the test; keeps the arguments that it got."""
    module = types.SimpleNamespace(HELP="Probe.", configure=lambda parser: parser.add_argument("--loud"), seen=None)

    def run(args):
        module.seen = args
        return module.act()

    module.run, module.act = run, lambda: 0
    monkeypatch.setattr(cli, "names", lambda: ["probe", "run"])
    monkeypatch.setattr(cli, "load", lambda name: module)
    return module


@pytest.mark.parametrize(
    ("argv", "data"),
    [
        (["probe"], "data"),
        (["--data", "d", "probe"], "d"),
        (["probe", "--data", "d"], "d"),
        (["--data", "run", "probe"], "run"),
        (["--data", "a", "probe", "--data", "b"], "b"),
    ],
)
def test_data_is_accepted_on_either_side(command, argv, data):
    assert cli.main(argv) == 0
    assert command.seen.data == Path(data)


def test_exit_statuses(command, capsys):
    def refuse():
        raise Refused("fxs9 does not exist; this board has fxs1 to fxs6")

    command.act = lambda: 1
    assert cli.main(["probe"]) == 1
    command.act = refuse
    assert cli.main(["probe"]) == 1
    assert capsys.readouterr().err == "fxbox probe: fxs9 does not exist; this board has fxs1 to fxs6\n"
    for wrong in ([], ["prob"], ["probe", "--quiet"], ["--data"]):
        with pytest.raises(SystemExit) as status:
            cli.main(wrong)
        assert status.value.code == 2


def test_help_lists_every_command(capsys):
    with pytest.raises(SystemExit) as status:
        cli.main(["--help"])
    assert status.value.code == 0
    shown = capsys.readouterr().out
    assert all(f"\n    {name} " in shown for name in cli.names())


def test_a_command_is_imported_only_when_it_is_used():
    code = "import sys; from firmware import cli; cli.asked_for(['phone', 'fxs1', 'lift']); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    assert not {name for name in loaded if name.startswith("firmware.")} - {"firmware.cli", "firmware.commands"}
    assert not loaded & {"pjsua2", "numpy", "msgspec", "asyncio", "flask"}

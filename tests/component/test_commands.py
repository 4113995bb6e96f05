"""`fxbox site` and `fxbox explain` beside a box that runs: they ask its core."""

from firmware.cli import main
from firmware.contract.wire import MAX_BYTES
from firmware.store.settings import Settings
from tests.component.core_thread import CoreThread


def box(tmp_path):
    return CoreThread(tmp_path / "run" / "core.sock")


def fxbox(tmp_path, *words):
    return main(["--data", str(tmp_path), *map(str, words)])


def test_the_core_imports_what_fits_into_a_message(tmp_path, capsys):
    file = tmp_path / "office.yaml"
    with box(tmp_path) as core:
        file.write_text("version: 1 # ü")
        assert fxbox(tmp_path, "site", "import", file) == 0
        said = capsys.readouterr()
        assert said.out == f"{file}: imported into {tmp_path}\n"
        assert said.err.splitlines() == [
            f"{file}: warning: a warning",
            f"{file}: not active yet: fax (1 entry)",
            f"{file}: counts after the next start: sip.udp",
        ]
        assert core.core.configuration.text == "version: 1 # ü"
        file.write_text("wrong")
        assert fxbox(tmp_path, "site", "import", file) == 1
        assert capsys.readouterr().err == f"fxbox site: the site file is refused\n{file}: version: wrong\n"
        file.write_text("#" * MAX_BYTES)
        assert fxbox(tmp_path, "site", "import", file) == 1
        assert "is too large: a running box takes 256 kB; stop it" in capsys.readouterr().err
        assert not (tmp_path / "settings.json").exists()


def test_export_and_diff_have_the_core_store_what_counts_now(tmp_path, capsys):
    file = tmp_path / "office.yaml"
    file.write_text("version: 1\nsite: {name: Branch}\n")
    Settings(tmp_path).close()
    with box(tmp_path) as core:
        assert fxbox(tmp_path, "site", "export", "-") == 0
        assert fxbox(tmp_path, "site", "diff", file) == 0
        assert 'site.name: not given -> "Branch"' in capsys.readouterr().out
        assert core.core.configuration.stored == 2
        core.core.configuration.disk_full = True
        assert fxbox(tmp_path, "site", "export", "-") == 1
        assert capsys.readouterr() == ("", "fxbox site: the disk is full\n")


def test_the_core_explains(tmp_path, capsys):
    with box(tmp_path):
        asked = ["explain", "--from", "0301234", "--to", "101#", "--trunk", "line1", "--at", "2026-12-24 18:00"]
        assert fxbox(tmp_path, *asked) == 0
        assert capsys.readouterr() == ("=> rings 101# at 18:00 for line1\n", "")
        assert fxbox(tmp_path, "explain", "--from", "104", "--to", "000") == 1
        assert capsys.readouterr().err == "fxbox explain: 104 may not call 000\n"
        demo = ["--site", "demo/site.yaml"]
        assert fxbox(tmp_path, "explain", "--from", "104", "--to", "101", *demo) == 0
        assert capsys.readouterr().out.endswith("=> ring 101 (fxs1) for 30 s\n")

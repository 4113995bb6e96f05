"""`fxbox site` and `fxbox explain` as a user types them."""

import json
from pathlib import Path

import pytest

from firmware.cli import main
from firmware.store.settings import Settings

ROOT = Path(__file__).parents[2]
DEMO = str(ROOT / "demo/site.yaml")
EXAMPLE = str(Path(__file__).parent / "data/site-example.yaml")


@pytest.fixture
def box(tmp_path: Path) -> str:
    """The folder of a box with the demo's settings."""
    folder = str(tmp_path / "box")
    assert main(["--data", folder, "site", "import", DEMO]) == 0
    return folder


def test_check(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["site", "check", EXAMPLE]) == 0
    output = capsys.readouterr()
    assert output.out == f"{EXAMPLE}: all right\n"
    assert f"{EXAMPLE}: not active yet: extensions.sip.srtp (1 entry)\n" in output.err


def test_every_problem_has_a_line_and_the_status_is_1(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "site.yaml"
    file.write_text('version: 3\nextensions: [{number: "101"}]\ntrunks: 5\n')
    for action in ("check", "import"):
        assert main(["--data", str(tmp_path / "box"), "site", action, str(file)]) == 1
        lines = capsys.readouterr().err.splitlines()
        assert lines[0] == "fxbox site: the site file is refused"
        assert lines[1] == f"{file}: version: 3 is not allowed (allowed: 1)"
        assert len(lines) == 4


def test_files_that_are_no_text(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["site", "check", str(tmp_path / "none.yaml")]) == 1
    assert f"there is no file {tmp_path / 'none.yaml'}" in capsys.readouterr().err
    (tmp_path / "bytes.yaml").write_bytes(b"\xff\xfe\x00")
    assert main(["site", "check", str(tmp_path / "bytes.yaml")]) == 1
    assert "can't decode" in capsys.readouterr().err


def test_wrong_usage_is_2() -> None:
    for words in (["site"], ["site", "check"], ["site", "paint", DEMO], ["explain", "--to", "101"]):
        with pytest.raises(SystemExit) as ended:
            main(words)
        assert ended.value.code == 2


def test_an_import_that_changes_something_is_audited(box: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--data", box, "site", "import", DEMO]) == 0  # once more: nothing is another
    capsys.readouterr()
    assert main(["--data", box, "audit"]) == 0
    assert "command line imported a site file site.yaml (" in capsys.readouterr().out
    assert main(["--data", box, "audit", "verify"]) == 0
    assert capsys.readouterr().out.startswith("rows 1 to 1 fit")


def test_export_and_import_make_the_same_box(box: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    whole = tmp_path / "whole.yaml"
    assert main(["--data", box, "site", "export", "--secrets", str(whole)]) == 0
    assert whole.stat().st_mode & 0o077 == 0
    assert main(["site", "import", str(whole), "--data", str(tmp_path / "other")]) == 0
    with Settings(Path(box)) as one, Settings(tmp_path / "other") as other:
        assert one.site == other.site
    capsys.readouterr()
    assert main(["--data", box, "site", "export", "-"]) == 0
    text = capsys.readouterr().out
    assert "anna-secret" not in text
    assert "ha1" not in text
    assert "realm: fxbox-" in text


def test_diff(box: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--data", box, "site", "diff", DEMO]) == 0
    assert capsys.readouterr().out.endswith(f"{DEMO}: no difference\n")
    assert main(["--data", box, "site", "diff", EXAMPLE]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert 'site.name: "Demo office" -> "Example office"' in lines
    assert 'extensions[109].number: not given -> "109"' in lines
    assert not any("secret-10" in line for line in lines)


def test_a_box_that_starts_keeps_its_settings_to_itself(box: str, capsys: pytest.CaptureFixture[str]) -> None:
    with Settings(Path(box)):
        assert main(["--data", box, "site", "import", DEMO]) == 1
        assert "are in use: wait for the box that starts or stops there" in capsys.readouterr().err
        assert main(["--data", box, "site", "export", "-"]) == 0
        assert main(["--data", box, "explain", "--from", "103", "--to", "101"]) == 0


def test_explain(box: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--data", box, "explain", "--from", "104", "--to", "101#"]) == 0
    said = capsys.readouterr()
    assert said.err == "no box runs: decided by its settings alone, without registrations and calls\n"
    lines = said.out.splitlines()
    assert "emergency       101: no emergency number" in lines
    assert lines[-1] == "=> ring 101 (fxs1) for 30 s"


def test_explain_by_the_clock_of_the_site(capsys: pytest.CaptureFixture[str]) -> None:
    words = ["explain", "--site", DEMO, "--from", "0301234", "--trunk", "line1", "--to", "", "--json"]
    for at, number in (("2026-12-24 23:59", "101"), ("2026-12-25 00:00", "105"), ("2026-12-24T23:30:00+00:00", "105")):
        assert main([*words, "--at", at]) == 0
        answer = json.loads(capsys.readouterr().out)
        assert answer["outcome"].startswith(f"ring {number} ")
        assert answer["steps"][-1]["mark"] == "decided"
        assert {"mark", "text", "setting"} == set(answer["steps"][0])


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (
            ["--from", "999", "--to", "101"],
            '"999" is no extension (allowed: 101, 102, 103, 104, 105; a call from outside comes by a trunk: --trunk)',
        ),
        (["--from", "101", "--to", "102", "--trunk", "x"], '"x" is no trunk (allowed: line1, line2)'),
        (
            ["--from", "101", "--to", "102", "--at", "noon"],
            '--at "noon" is no time (allowed: such as 2026-12-24 18:00)',
        ),
    ],
)
def test_explain_refuses(words: list[str], reason: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "--site", DEMO, *words]) == 1
    assert capsys.readouterr().err.startswith(f"fxbox explain: {reason}")


def test_without_a_box(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for words in (["explain", "--from", "1", "--to", "2"], ["site", "export", "-"], ["site", "diff", DEMO]):
        assert main(["--data", str(tmp_path), *words]) == 1
        assert f"there is no {tmp_path / 'settings.json'}" in capsys.readouterr().err


def test_a_box_whose_settings_are_lost(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "settings.json").write_bytes(b"junk")
    assert main(["--data", str(tmp_path), "site", "import", DEMO]) == 1
    assert "move both away" in capsys.readouterr().err

"""The portal's pages before a made-up core: log-in, access, headers, forms, the live stream, the core away."""

import html
import re
from datetime import UTC, datetime

import msgspec
import pytest

from firmware.contract.events import (
    AlarmsChanged,
    CallChanged,
    CallEnded,
    ChecksChanged,
    Event,
    LineChanged,
    RegistrationChanged,
    Resync,
    SessionEnded,
    SettingsChanged,
    TrunkChanged,
)
from firmware.contract.status import Alarm, Check, LineState, Mark, Position, Registration, Status, Trunk, TrunkState
from firmware.telephony.deeds import Act, Deed
from portal import words
from portal.access import access, require_all_stated
from portal.app import create_app
from portal.core_link import COOKIE
from portal.live import drawing, patches
from tests.component.core_thread import CoreThread
from tests.component.fake_core import CALLS, LINE

BASE = "https://127.0.0.1"
NOW = datetime(2026, 12, 24, 18, 0, tzinfo=UTC)


@pytest.fixture
def core(tmp_path):
    with CoreThread(tmp_path / "run" / "core.sock") as thread:
        yield thread


@pytest.fixture
def app(tmp_path):
    return create_app(tmp_path / "run" / "core.sock")


class Browser:
    """A visitor with a cookie jar."""

    def __init__(self, app):
        self.client = app.test_client()

    def get(self, path, **options):
        return self.client.get(path, base_url=BASE, **options)

    def post(self, path, headers=None, token=None, **form):
        if token is None:
            token = re.search(r'name="token" value="(\w+)"', self.get("/login").text).group(1)
        headers = {"Sec-Fetch-Site": "same-origin"} if headers is None else headers
        return self.client.post(path, base_url=BASE, data={"token": token, **form}, headers=headers)

    def wear(self, core, user):
        """Log in without the form."""
        cookie = core.do(lambda core: core.cookie(user))
        self.client.set_cookie(COOKIE, cookie, domain="127.0.0.1", secure=True)
        return self


@pytest.fixture
def browser(app):
    return Browser(app)


def test_log_in_see_the_status_log_out(core, browser):
    password = core.do(lambda core: core.door.claim())
    assert browser.get("/").location == "/login"
    answer = browser.post("/login", user="admin", password=password)
    assert answer.status_code == 303 and answer.location == "/"
    flags = next(value for value in answer.headers.getlist("Set-Cookie") if value.startswith(COOKIE))
    assert {"Secure", "HttpOnly", "SameSite=Strict", "Path=/"} <= set(flags.split("; "))
    shown = browser.get("/")
    assert shown.status_code == 200
    text = re.sub(r"\s+", " ", html.unescape(re.sub("<[^>]+>", " ", shown.text)))
    for expected in ("Office", "2 calls now", "FXS 1", "101 Reception", "No line", "104 Ben", "Registered",
                     "192.0.2.7:5060", "provider", "Disk: failed", "3 MB free", "127.0.0.1:5060",
                     "Extension 103 is locked 2026-12-24 18:01 UTC, 2 times", "80 % are spent"):  # fmt: skip
        assert expected in text, expected
    token = re.search(r'name="token" value="(\w+)"', shown.text).group(1)
    assert browser.post("/logout", token=token).status_code == 303
    assert browser.get("/").location == "/login"


def test_an_extension_sees_only_its_own(core, browser):
    text = browser.wear(core, "104").get("/").text
    assert "call-c1" in text and "call-c2" not in text
    assert not any(word in text for word in ("provider", "192.0.2.7", "Health", "FXO", "3 MB", "locked", "Dismiss"))


def seen(page):
    return re.search(r'name="until" value="([^"]+)"', page).group(1)


def test_an_administrator_dismisses_the_alarms_that_were_shown(core, browser):
    page = browser.wear(core, "admin").get("/").text
    token = re.search(r'name="token" value="(\w+)"', page).group(1)
    newer = Alarm(NOW.replace(hour=19), "extension 104 is locked")
    core.do(lambda core: setattr(core.box, "alarms", (newer, *core.box.alarms)))
    answer = browser.post("/alarms/dismiss", token=token, until=seen(page))
    assert answer.status_code == 303 and answer.location == "/"
    assert core.do(lambda core: core.box.alarms) == (newer,)  # it came after the page was drawn
    assert core.do(lambda core: core.deeds[-1]) == Deed("admin", Act.DISMISSED, detail="2")
    for until in ("", "yesterday", "2026-12-24T19:00:00"):
        assert browser.post("/alarms/dismiss", token=token, until=until).status_code == 400


@pytest.mark.parametrize(("user", "status"), [("104", 404), ("none", 401)])
def test_nobody_else_dismisses_alarms(core, browser, user, status):
    token = re.search(r'name="token" value="(\w+)"', browser.get("/login").text).group(1)
    if user != "none":
        browser.wear(core, user)
    until = NOW.replace(hour=20).isoformat()
    assert browser.post("/alarms/dismiss", token=token, until=until).status_code == status
    assert len(core.do(lambda core: core.box.alarms)) == 2


def test_wrong_password_and_too_many(core, browser):
    for _ in range(2):
        answer = browser.post("/login", user="104", password="x")
        assert answer.status_code == 403 and "User or password is wrong." in answer.text
    for _ in range(3):
        answer = browser.post("/login", user="104", password="x")
    assert answer.status_code == 429 and "Try again in" in answer.text


ROUTES = [("GET", "/", "session"), ("GET", "/events", "session"), ("GET", "/metrics", "local"),
          ("GET", "/healthz", "anyone"), ("GET", "/login", "anyone"), ("GET", "/static/portal.css", "anyone"),
          ("GET", "/nothing", "none")]  # fmt: skip


@pytest.mark.parametrize(("method", "path", "needed"), ROUTES)
@pytest.mark.parametrize("user", ["none", "forged", "104", "admin"])
def test_route_walk(core, browser, method, path, needed, user):
    if user == "forged":
        browser.client.set_cookie(COOKIE, "x" * 43, domain="127.0.0.1", secure=True)
    elif user != "none":
        browser.wear(core, user)
    answer = browser.client.open(path, method=method, base_url=BASE, environ_base={"REMOTE_ADDR": "192.0.2.9"})
    known = user in ("104", "admin")
    expected = {
        "session": 200 if known else 302,
        "local": {"admin": 200, "104": 404}.get(user, 302),
        "anyone": 302 if known and path == "/login" else 200,
        "none": 404,
    }[needed]
    assert answer.status_code == expected
    assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert path.startswith("/static") or answer.headers["Cache-Control"] == "no-store"
    answer.close()


def test_every_route_is_walked(app):
    assert {rule.rule for rule in app.url_map.iter_rules()} - {"/static/<path:filename>"} == {
        path for _, path, _ in ROUTES if path != "/nothing" and not path.startswith("/static")
    } | {"/logout", "/alarms/dismiss"}


def test_a_route_that_states_nothing_stops_the_start(app):
    app.add_url_rule("/secret", "secret", lambda: "")
    with pytest.raises(RuntimeError, match=r"routes without @access: secret"):
        require_all_stated(app)
    assert callable(access)


@pytest.mark.parametrize("headers", [
    {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Sec-Fetch-Site": "none"},
    {"Origin": "https://evil.example"}, {"Origin": "null"},
])  # fmt: skip
def test_forms_of_other_sites_are_refused(core, browser, headers):
    assert browser.post("/login", headers=headers, user="104", password="ben-secret-104").status_code == 403


def test_a_form_needs_its_token(core, browser):
    for token in ("", "0" * 64):
        assert browser.post("/login", token=token, user="104", password="ben-secret-104").status_code == 403
    other = Browser(browser.client.application)
    token = re.search(r'name="token" value="(\w+)"', other.get("/login").text).group(1)
    assert browser.post("/login", token=token, user="104", password="ben-secret-104").status_code == 403
    assert browser.post("/login", headers={"Origin": BASE}, user="104", password="ben-secret-104").status_code == 303


@pytest.mark.parametrize(("host", "ours"), [
    ("127.0.0.1:8443", True), ("192.168.1.2", True), ("[::1]:8443", True), ("localhost:8443", True),
    ("evil.example", False), ("127.0.0.1.evil.example", False), ("", False), ("x y", False),
])  # fmt: skip
def test_host_allow_list(core, app, host, ours):
    assert app.test_client().get("/healthz", headers={"Host": host}).status_code == (200 if ours else 421)


def test_the_core_away(browser):
    answer = browser.get("/healthz")
    assert answer.status_code == 503 and answer.json == {"status": "down"}
    assert "fxbox_core_up 0" in browser.get("/metrics").text
    browser.client.set_cookie(COOKIE, "x", domain="127.0.0.1", secure=True)
    for path in ("/", "/login", "/events"):
        answer = browser.get(path)
        assert answer.status_code == 503 and "Telephony restarts" in answer.text


def test_health_and_metrics(core, browser):
    assert browser.get("/healthz").json == {"status": "failed", "failed": ["disk"]}
    text = browser.get("/metrics").text
    assert "# TYPE fxbox_calls_total counter\nfxbox_calls_total 2\n" in text
    assert text.endswith("# TYPE fxbox_core_up gauge\nfxbox_core_up 1\n")


def next_event(stream):
    """Kind, id and HTML of the next server-sent event that is not a comment."""
    for chunk in stream:
        fields = [line.partition(":") for line in chunk.decode().split("\n")]
        data = [value.removeprefix(" ") for name, _, value in fields if name == "data"]
        if data:
            kind = next(value.strip() for name, _, value in fields if name == "event")
            return kind, data[0], "\n".join(data[1:])
    return None


def test_the_stream_patches_the_page_and_ends_with_the_session(core, browser):
    page = browser.wear(core, "admin").get("/").text
    since = re.search(r'data-position="([\d-]+)"', page).group(1)
    core.do(lambda core: core.events.post(LineChanged(msgspec.structs.replace(LINE, state=LineState.RINGING))))
    answer = browser.get(f"/events?since={since}", buffered=False)
    stream = iter(answer.response)
    kind, id, piece = next_event(stream)
    assert (kind, id) == ("patch", "line-fxs1") and "Ringing" in piece and 'class="jack warn"' in piece
    assert next_event(stream)[:2] == ("patch", "summary")
    core.do(lambda core: core.events.post(CallEnded("c1")))
    assert next_event(stream) == ("drop", "call-c1", "")
    assert "1 call now" in next_event(stream)[2]
    core.do(lambda core: core.sessions.close_all("admin"))
    assert next_event(stream)[0] == "logout"
    assert next_event(stream) is None
    answer.close()


STATUS = Status("Office", NOW, Position(7, 0), calls=CALLS, lines=(LINE,))


@pytest.mark.parametrize(("change", "kind", "id", "shown"), [
    (CallChanged(msgspec.structs.replace(CALLS[0], caller_name="<b>x</b>")), "patch", "call-c1", "&lt;b&gt;x"),
    (RegistrationChanged(Registration("103", "Anna")), "patch", "registration-103", "Not registered"),
    (TrunkChanged(Trunk("provider", "sip", TrunkState.DOWN, "503")), "patch", "trunk-provider", "503"),
    (ChecksChanged((Check("clock", Mark.WARNING, "1970", "set it"),)), "patch", "health", "Clock: warning"),
    (SettingsChanged(), "refresh", "", ""), (Resync(), "refresh", "", ""), (SessionEnded(), "logout", "", ""),
])  # fmt: skip
def test_each_change_has_its_patch(app, change, kind, id, shown):
    _, found = patches(STATUS, Event(Position(7, 1), change), drawing(app.jinja_env))
    assert found[0][:2] == (kind, id) and shown in found[0].html
    assert len(found) == (2 if kind == "patch" else 1)
    assert id == "" or f'id="{id}"' in found[0].html


def test_the_banner_follows_the_alarms(app):
    draw = drawing(app.jinja_env)
    _, (patch,) = patches(STATUS, Event(Position(7, 1), AlarmsChanged((Alarm(NOW, "<b>x</b>", 3),))), draw)
    assert patch[:2] == ("patch", "alarms") and "&lt;b&gt;x" in patch.html and "3 times" in patch.html
    assert seen(patch.html) == NOW.isoformat()
    _, (patch,) = patches(STATUS, Event(Position(7, 2), AlarmsChanged(())), draw)
    assert "<li>" not in patch.html and "until" not in patch.html  # the style sheet hides a banner without entries


def test_every_state_has_a_lamp_and_the_page_shows_every_state(app):
    for state in (*LineState, *TrunkState, *Mark):
        assert state in words.LAMPS
    for state in LineState:
        change = LineChanged(msgspec.structs.replace(LINE, state=state))
        _, found = patches(STATUS, Event(Position(7, 1), change), drawing(app.jinja_env))
        assert f'class="jack {words.lamp(state)}"' in found[0].html and state in found[0].html


def test_words():
    assert words.port_name("fxs12") == "FXS 12"
    assert words.duration(NOW, NOW.replace(hour=19, minute=1, second=2)) == "1:01:02"
    assert words.uptime(NOW, NOW.replace(day=26, hour=19)) == "2 days 1 h"
    assert words.uptime(NOW, NOW) == "0 min"

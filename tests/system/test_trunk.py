"""A trunk that registers: this box at another one, which stands for the provider. Both are whole boxes."""

import time
from collections.abc import Iterator

import pytest

from tests.system.box import Box, has_tone

PROVIDER = """
version: 1
site: {name: Provider, country: DE}
extensions:
  - {number: "200", name: Customer, sip: {secret: customer-secret-200}}
  - {number: "101", name: Subscriber, port: fxs1}
limits: {sip: {ban_failures: 100}}
"""
CUSTOMER = """
version: 1
site: {name: Customer, country: DE}
extensions:
  - {number: "102", name: Workshop, port: fxs2}
trunks:
  - {name: provider, type: sip, host: HOST, port: PORT, username: "200", secret: customer-secret-200}
outbound:
  - {name: outside, prefix: "9", trunks: [provider]}
inbound:
  - {trunk: provider, to: "102"}
"""


@pytest.fixture(scope="module")
def boxes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Box, Box]]:
    with Box(tmp_path_factory.mktemp("provider"), PROVIDER, "127.0.0.5") as provider:
        site = CUSTOMER.replace("HOST", provider.sip[0]).replace("PORT", str(provider.sip[1]))
        with Box(tmp_path_factory.mktemp("customer"), site) as customer:
            customer.until(lambda: customer.status()["trunks"][0]["state"] == "Up")
            yield customer, provider


def test_the_trunk_is_registered(boxes: tuple[Box, Box]) -> None:
    customer, provider = boxes
    assert customer.status()["trunks"][0]["reason"].startswith("200")
    assert provider.status()["registrations"][0]["devices"]


def test_a_call_out_is_authenticated_and_heard(boxes: tuple[Box, Box]) -> None:
    customer, provider = boxes
    workshop, subscriber = customer.end("fxs2"), provider.end("fxs1")
    workshop.do("lift")
    workshop.do("dial", digits="9101#")
    subscriber.until(ringing=True)
    subscriber.do("lift")
    time.sleep(0.5)
    subscriber.begin_to_say(900, 1.5)
    time.sleep(0.3)
    assert has_tone(workshop.hears(0.5), 900)
    subscriber.finish()
    for box, name in ((customer, "fxs2"), (provider, "fxs1")):
        box.end(name).do("hang-up")
        box.until(lambda box=box: all(line["state"] == "Ready" for line in box.status()["lines"]))


def test_a_call_in_reaches_the_extension_of_the_trunk(boxes: tuple[Box, Box]) -> None:
    customer, provider = boxes
    workshop, subscriber = customer.end("fxs2"), provider.end("fxs1")
    subscriber.do("lift")
    subscriber.do("dial", digits="200")
    caller = workshop.until(ringing=True) and workshop.until(caller={"number": "101", "name": "Subscriber"})
    assert caller["ringing"]
    workshop.do("lift")
    time.sleep(0.5)
    workshop.begin_to_say(1300, 1.5)
    time.sleep(0.3)
    assert has_tone(subscriber.hears(0.5), 1300)
    workshop.finish()
    subscriber.do("hang-up")
    customer.until(lambda: not customer.status()["calls"])
    workshop.do("hang-up")


def imported(box: Box, site: str) -> None:
    file = box.folder / "changed.yaml"
    file.write_text(site)
    box.fxbox("site", "import", str(file))


def customers_site(provider: Box) -> str:
    return CUSTOMER.replace("HOST", provider.sip[0]).replace("PORT", str(provider.sip[1]))


def trunk_of(box: Box) -> tuple[str, str]:
    (found,) = [one for one in box.status()["trunks"] if one["name"] == "provider"]
    return found["state"], found["reason"]


def test_a_trunk_follows_its_own_settings_only(boxes: tuple[Box, Box]) -> None:
    customer, provider = boxes
    site = customers_site(provider)
    since = provider.status()["registrations"][0]["since"]
    imported(customer, site.replace("name: Workshop", "name: Garage") + "limits: {premium: true}\n")
    second = "  - {name: second, type: sip, host: 127.0.0.6, register: false}\noutbound:"
    imported(
        customer, site.replace("outbound:", second).replace('username: "200"', 'username: "200", number: "4930123"')
    )
    assert [one["name"] for one in customer.status()["trunks"]] == ["provider", "second"]
    time.sleep(1)
    assert provider.status()["registrations"][0]["since"] == since
    assert trunk_of(customer)[0] == "Up"
    imported(customer, site.replace("secret: customer-secret-200", "secret: wrong-secret"))
    customer.until(lambda: trunk_of(customer) == ("Trying", "401 Unauthorized"))
    assert not provider.status()["registrations"][0]["devices"]
    imported(customer, site)
    customer.until(lambda: trunk_of(customer)[0] == "Up")
    assert provider.status()["registrations"][0]["since"] != since


def test_a_trunk_is_removed_during_a_call_and_comes_back(boxes: tuple[Box, Box]) -> None:
    customer, provider = boxes
    site = customers_site(provider)
    workshop, subscriber = customer.end("fxs2"), provider.end("fxs1")
    workshop.do("lift")
    workshop.do("dial", digits="9101#")
    subscriber.until(ringing=True)
    subscriber.do("lift")
    bare = "".join(line for line in site.splitlines(keepends=True) if "provider" not in line)
    imported(customer, bare.replace("trunks:\n", "").replace("outbound:\n", "").replace("inbound:\n", ""))
    assert customer.status()["trunks"] == []
    provider.until(lambda: not provider.status()["registrations"][0]["devices"])
    subscriber.begin_to_say(900, 1.5)
    time.sleep(0.3)
    assert has_tone(workshop.hears(0.5), 900)
    subscriber.finish()
    imported(customer, site)
    customer.until(lambda: trunk_of(customer)[0] == "Up")
    subscriber.begin_to_say(1300, 1.5)
    time.sleep(0.3)
    assert has_tone(workshop.hears(0.5), 1300)
    subscriber.finish()
    for box, name in ((customer, "fxs2"), (provider, "fxs1")):
        box.end(name).do("hang-up")
        box.until(lambda box=box: all(line["state"] == "Ready" for line in box.status()["lines"]))
    test_a_call_out_is_authenticated_and_heard(boxes)

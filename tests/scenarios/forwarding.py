"""What the scenarios of call forwards share: the site, and dialling a code."""

from functools import partial

from tests.component.story import play_in_house

SITE = """
version: 1
site: {country: DE, language: en}
extensions:
  - {number: "101", name: Reception, port: fxs1}
  - {number: "102", name: Workshop, port: fxs2}
  - number: "103"
    name: Anna
    sip: {secret: anna-secret-103}
    ring_s: 20
    voicemail: {enabled: false, pin: "4711", email: anna@example.test}
  - {number: "104", name: Ben, sip: {secret: ben-secret-104}, outbound: []}
  - {number: "803", name: Chief, sip: {secret: chief-secret-803}}
trunks:
  - {name: line1, type: fxo, port: fxo1}
outbound:
  - {name: outside, prefix: "8553", trunks: [line1]}
inbound:
  - {trunk: line1, to: "103"}
"""


play = partial(play_in_house, SITE)

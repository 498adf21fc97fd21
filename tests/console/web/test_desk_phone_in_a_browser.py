"""The phone in a real browser, with the provider's real script: it registers, rings, talks, and says what is wrong.

The exchange and the caller are ours: a stand-in on loopback, and another page of that browser, whose sound is heard.
"""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

import pytest
from filelock import FileLock

from channels.voice.browser_names import client_name
from installation.installation import open_installation
from installation.settings import Settings
from store.clock import SystemClock
from store.states import Role
from tests.console.conftest import PASSWORD, put_account
from tests.console.web.test_desk_phone import KEYS, SECRET
from tests.served import Served
from tests.simulators.voice_gateway import HOUR, Gateway

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request

pytestmark = pytest.mark.heavy
ROOT = Path(__file__).parents[3]
FLAGS = [
    "--no-sandbox",  # it runs as root in a container, and sees our own pages only
    "--use-fake-device-for-media-stream",
    "--ignore-certificate-errors",
    "--allow-loopback-in-peer-connection",
    "--disable-features=WebRtcHideLocalIpsWithMdns",
]
CALLER = """async () => {
  window.caller = new RTCPeerConnection();
  const sound = new AudioContext();
  const tone = sound.createOscillator(), out = sound.createMediaStreamDestination();
  tone.connect(out); tone.start();
  caller.addTrack(out.stream.getTracks()[0], out.stream);
  await caller.setLocalDescription(await caller.createOffer());
  const gathered = () => caller.iceGatheringState === "complete";
  if (!gathered()) await new Promise((done) => caller.onicegatheringstatechange = () => gathered() && done());
  return caller.localDescription.sdp;
}"""
PACKETS_RECEIVED = """async () => {
  for (const each of (await caller.getStats()).values())
    if (each.type === "inbound-rtp") return each.packetsReceived;
  return 0;
}"""


def script() -> Path:
    """Install the provider's script into a cache of the machine's, once: the version that `make softphone` pins."""
    version = re.search(r"^VOICE_SDK := (.+)$", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert version
    cache = (
        Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
        / "kaartje"
        / f"softphone-{version[1]}"
    )
    cache.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(cache.with_suffix(".lock")):
        if not (cache / "node_modules/@twilio/voice-sdk/dist/twilio.min.js").exists():
            subprocess.run(
                ["make", "softphone", f"SOFTPHONE={cache}"],  # noqa: S607  as an installation does
                cwd=ROOT,
                check=True,
                capture_output=True,
                timeout=600,
            )
    return cache / "node_modules/@twilio/voice-sdk/dist/twilio.min.js"


@pytest.fixture(scope="module")
def chromium() -> Iterator["Browser"]:
    from playwright.sync_api import sync_playwright

    found = shutil.which("chromium")
    if not found or not shutil.which("npm"):
        pytest.skip("needs chromium and npm: apt-get install chromium npm")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def exchange(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    gateway = Gateway(tmp_path_factory.mktemp("exchange"), SECRET)
    yield gateway
    gateway.stop()


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory, exchange: Gateway) -> Iterator[str]:
    """Serve a console with one agent, whose browser registers with the stand-in."""
    home = tmp_path_factory.mktemp("home")
    settings = Settings(
        home=home, database_url="", secret="a key for tests only, nobody has another"
    )
    installation = open_installation(settings, clock=SystemClock(), draws=Random(2023))
    put_account(installation, "fatma", Role.AGENT, installation.now())
    installation.store.engine.dispose()
    served = Served(home, 0, **KEYS, voice_sdk=str(script()), voice_gateway=exchange.place)
    yield f"http://127.0.0.1:{served.port}"
    served.stop()


@pytest.fixture
def gateway(exchange: Gateway) -> Gateway:
    exchange.begin()
    return exchange


@dataclass(kw_only=True)
class Agent:
    """An agent with two windows: the desk, and the phone."""

    context: "BrowserContext"
    desk: "Page"
    place: str
    elsewhere: list[str] = field(default_factory=list)  # whoever was asked for anything, but us
    forbidden: list[str] = field(default_factory=list)  # what the policy of a page had to stop

    def note_request(self, asked: "Request") -> None:
        if not asked.url.startswith(self.place):
            self.elsewhere.append(asked.url)

    def note_complaint(self, said: "ConsoleMessage") -> None:
        if "Security Policy" in said.text:
            self.forbidden.append(said.text)

    def open_phone(self) -> "Page":
        with self.context.expect_page() as opened:
            self.desk.get_by_role("link", name="Telefoon openen").click()
        phone = opened.value
        phone.get_by_role("button", name="Ik ben bereikbaar").click()
        return phone


@pytest.fixture
def agent(chromium: "Browser", place: str, gateway: Gateway) -> Iterator[Agent]:
    """Sign an agent in, who lets the console use the microphone."""
    context = chromium.new_context(ignore_https_errors=True)
    context.grant_permissions(["microphone"], origin=place)
    agent = Agent(context=context, desk=context.new_page(), place=place)
    context.on("request", agent.note_request)
    context.on("console", agent.note_complaint)
    sign_in(agent.desk, place)
    yield agent
    assert (agent.elsewhere, agent.forbidden) == ([], [])
    context.close()


def sign_in(page: "Page", place: str) -> None:
    page.goto(place)
    page.get_by_label("Naam").fill("fatma")
    page.get_by_label("Wachtwoord").fill(PASSWORD)
    page.get_by_role("button", name="Inloggen").click()


def says(page: "Page", text: str) -> None:
    from playwright.sync_api import expect

    expect(page.locator("#phone [role=status], #phone-bar [role=status]")).to_contain_text(
        text, timeout=30_000
    )


class Caller:
    """Somebody who calls, in a page of their own: a tone, and what is heard of the agent."""

    def __init__(self, agent: Agent) -> None:
        self.page = agent.context.new_page()
        self.page.goto(f"{agent.place}/static/kaartje.svg")
        agent.desk.bring_to_front()

    def calls(self, gateway: Gateway, call: str = "CA1") -> "Caller":
        gateway.ring(call, self.page.evaluate(CALLER))
        return self

    def is_answered(self, gateway: Gateway) -> None:
        sdp = gateway.hear("answer")["sdp"]
        self.page.evaluate("sdp => caller.setRemoteDescription({type: 'answer', sdp})", sdp)

    def hears(self) -> None:
        """Wait for another half second of sound from the agent."""
        so_far = self.page.evaluate(PACKETS_RECEIVED)
        self.page.wait_for_function(f"({PACKETS_RECEIVED})().then((now) => now > {so_far} + 25)")


def test_a_conversation_from_the_first_ring_to_its_end_goes_on_while_the_agent_turns_pages(
    agent: Agent, gateway: Gateway
) -> None:
    says(agent.desk, "Uw telefoon staat uit")
    phone = agent.open_phone()
    for page in (phone, agent.desk):
        says(page, "U bent bereikbaar")
    assert gateway.hear("listen")["identity"] == client_name("fatma")
    caller = Caller(agent).calls(gateway)
    says(agent.desk, "Er belt iemand")
    agent.desk.keyboard.press("Enter")
    caller.is_answered(gateway)
    for page in (phone, agent.desk):
        says(page, "U bent in gesprek")
    caller.hears()
    agent.desk.get_by_role("link", name="Zoeken", exact=True).first.click()
    agent.desk.wait_for_url("**/cards")  # a press on the page that is being left would go nowhere
    says(agent.desk, "U bent in gesprek")
    caller.hears()
    agent.desk.get_by_role("button", name="Microfoon uit").click()
    for page in (phone, agent.desk):
        says(page, "De microfoon staat uit")
    phone.get_by_role("button", name="Microfoon weer aan").click()
    agent.desk.get_by_role("button", name="Ophangen").click()
    assert gateway.hear("hangup")["callsid"] == "CA1"
    for page in (phone, agent.desk):
        says(page, "U bent bereikbaar")


def test_whoever_gives_up_or_hangs_up_leaves_the_agent_within_reach_and_a_second_caller_is_refused(
    agent: Agent, gateway: Gateway
) -> None:
    phone = agent.open_phone()
    says(phone, "U bent bereikbaar")
    caller = Caller(agent).calls(gateway, "CA1")
    says(phone, "Er belt iemand")
    gateway.say("cancel", callsid="CA1")
    says(agent.desk, "U bent bereikbaar")
    phone.get_by_label("Neem vanzelf op").check()
    caller.calls(gateway, "CA2").is_answered(gateway)
    says(agent.desk, "U bent in gesprek")
    Caller(agent).calls(gateway, "CA3")
    assert gateway.hear("reject")["callsid"] == "CA3"
    says(agent.desk, "U bent in gesprek")
    gateway.say("hangup", callsid="CA2")
    says(agent.desk, "U bent bereikbaar")


def test_a_lost_connection_is_shown_and_mended_and_a_conversation_survives_it(
    agent: Agent, gateway: Gateway
) -> None:
    phone = agent.open_phone()
    gateway.hear("register")
    gateway.lose()
    gateway.hear("register")
    says(agent.desk, "U bent bereikbaar")
    phone.get_by_label("Neem vanzelf op").check()
    caller = Caller(agent).calls(gateway)
    caller.is_answered(gateway)
    says(agent.desk, "U bent in gesprek")
    gateway.lose()
    assert gateway.hear("invite")["reconnect"] == "back to CA1"
    says(agent.desk, "U bent in gesprek")
    caller.hears()
    phone.get_by_role("button", name="Ophangen").click()
    says(agent.desk, "U bent bereikbaar")


def test_a_pass_is_renewed_before_it_ends_but_not_while_somebody_talks(
    agent: Agent, gateway: Gateway
) -> None:
    phone = agent.open_phone()
    gateway.hear("register")
    gateway.lasting = 5 * 60
    gateway.lose()
    gateway.hear("listen")  # with the old one
    gateway.lasting = HOUR
    gateway.hear("listen")  # at once with a new pass
    phone.get_by_label("Neem vanzelf op").check()
    caller = Caller(agent).calls(gateway)
    caller.is_answered(gateway)
    says(agent.desk, "U bent in gesprek")
    gateway.lasting = 5 * 60
    gateway.lose()
    assert gateway.hear_until("invite").count("listen") == 1
    gateway.lasting = HOUR
    caller.hears()
    phone.get_by_role("button", name="Ophangen").click()
    assert "listen" not in gateway.hear_until("hangup")
    gateway.hear("listen")
    says(phone, "U bent bereikbaar")


def test_a_pass_that_is_not_taken_is_replaced(agent: Agent, gateway: Gateway) -> None:
    gateway.refusing = True
    phone = agent.open_phone()
    gateway.hear("listen")
    gateway.refusing = False
    assert gateway.hear("listen")["identity"] == client_name("fatma")
    says(phone, "U bent bereikbaar")


def test_who_signs_out_while_talking_may_finish_and_is_then_out_of_reach(
    agent: Agent, gateway: Gateway
) -> None:
    phone = agent.open_phone()
    says(phone, "U bent bereikbaar")
    phone.get_by_label("Neem vanzelf op").check()
    caller = Caller(agent).calls(gateway)
    caller.is_answered(gateway)
    says(agent.desk, "U bent in gesprek")
    agent.desk.get_by_role("button", name="Uitloggen").click()
    caller.hears()
    phone.get_by_role("button", name="Ophangen").click()
    says(phone, "U bent niet meer bereikbaar")
    phone.get_by_role("button", name="Ik ben bereikbaar").click()
    phone.get_by_role("button", name="Inloggen").wait_for()


def test_a_second_press_on_picking_up_does_not_hang_up(agent: Agent, gateway: Gateway) -> None:
    phone = agent.open_phone()
    says(phone, "U bent bereikbaar")
    caller = Caller(agent).calls(gateway)
    says(agent.desk, "Er belt iemand")
    agent.desk.get_by_role("button", name="Opnemen", exact=True).dblclick()
    caller.is_answered(gateway)
    says(agent.desk, "U bent in gesprek.")
    caller.hears()


def test_closing_the_phone_while_talking_asks_first(agent: Agent, gateway: Gateway) -> None:
    phone = agent.open_phone()
    says(phone, "U bent bereikbaar")
    phone.get_by_label("Neem vanzelf op").check()
    Caller(agent).calls(gateway).is_answered(gateway)
    says(phone, "U bent in gesprek")
    with phone.expect_event("dialog") as asked:
        phone.close(run_before_unload=True)
    assert asked.value.type == "beforeunload"
    asked.value.dismiss()
    says(phone, "U bent in gesprek")


def test_one_browser_has_one_phone(agent: Agent, gateway: Gateway) -> None:
    says(agent.open_phone(), "U bent bereikbaar")
    second = agent.context.new_page()
    second.goto(f"{agent.place}/desk-phone")
    says(second, "staat al open in een ander venster")


def test_a_refused_microphone_is_shown_and_nothing_rings_until_it_may(
    chromium: "Browser", place: str
) -> None:
    with chromium.new_context(ignore_https_errors=True) as context:
        sign_in(desk := context.new_page(), place)
        phone = Agent(context=context, desk=desk, place=place).open_phone()
        says(phone, "De browser mag de microfoon niet gebruiken")
        says(desk, "De browser mag de microfoon niet gebruiken")
        context.grant_permissions(["microphone"], origin=place)
        phone.get_by_role("button", name="Ik ben bereikbaar").click()
        says(desk, "U bent bereikbaar")

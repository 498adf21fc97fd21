"""What we ask of the telephone, held against Twilio's own description of its API."""

import shutil
from collections.abc import Iterator

import pytest

from channels.voice.port import Bridging, Call, Ended, Ringing
from channels.voice.twilio import Twilio
from tests.channels.sms.prism import Prism

pytestmark = [
    pytest.mark.heavy,
    pytest.mark.skipif(not shutil.which("npm"), reason="npm is not here, and Prism comes from it"),
]
CALLER, QUEUE = "CA" + "2" * 32, "QU" + "3" * 32
ASKS = "https://kaartje.example/voice/agent?entry=7"


@pytest.fixture(scope="module")
def twilio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Twilio]:
    prism = Prism(tmp_path_factory.mktemp("prism"))
    yield Twilio(account="AC" + "1" * 32, token="token", url=prism.url, timeout=20)
    prism.stop()


def test_a_caller_is_taken_out_of_a_queue_and_turned_as_a_call(twilio: Twilio) -> None:
    assert twilio.bridge(CALLER, QUEUE, ASKS) == Bridging()
    assert twilio.bridge(CALLER, None, ASKS) == Bridging()


def test_an_agent_and_a_line_are_rung(twilio: Twilio) -> None:
    status_url = "https://kaartje.example/voice/status?leg=1"
    assert isinstance(
        twilio.ring(
            Call(
                to="client:agent_anja",
                caller_id="+318001234",
                answer_url=ASKS,
                status_url=status_url,
            )
        ),
        Ringing,
    )
    assert isinstance(
        twilio.ring(
            Call(
                to="+318001234",
                caller_id="+31612340000",
                answer_url=ASKS,
                status_url=status_url,
                keys="ww1ww0000000000",
            )
        ),
        Ringing,
    )


def test_a_call_is_ended_and_a_message_forgotten(twilio: Twilio) -> None:
    assert twilio.end(CALLER) == Ended()
    assert twilio.forget("RE" + "4" * 32) == Ended()

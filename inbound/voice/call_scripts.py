"""The spoken steps of each turn of a call, in the caller's language."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from channels.voice.account import Telephone
from channels.voice.twiml import (
    BROWSER,
    Ask,
    Connect,
    Go,
    HangUp,
    Pause,
    Play,
    Record,
    Say,
    Step,
    Wait,
    slowly,
    write,
)
from desk.entries.promised_windows import Window
from desk.line.incoming_calls import MANY, Caller, Place
from desk.line.line_lookup import read_number
from inbound.auto_replies import opening_in_words, window_in_words
from people.numbers import PhoneNumber
from templates.lines import Lines, Speech

ONE, TWO = "1", "2"
CODE = 10  # digits
BETWEEN = 20
"""Seconds of music or silence between two announcements of the place in the queue."""


@dataclass(frozen=True, slots=True)
class Script:
    """The lines of an installation, as steps for the provider."""

    telephone: Telephone
    lines: Lines

    def say(self, language: str | None, key: str, **values: object) -> Say:
        """Return one sentence."""
        speech = self.lines.of(language)
        return Say(speech.say(key, **values), speech.spoken)

    def greet(self, caller: Caller) -> list[Step]:
        """Greet a caller, and ask for a language where there is a choice."""
        hello = self.say(None, "greeting", line=caller.line)
        choices = tuple(
            Say(speech.choosing(key), speech.spoken)
            for key, speech in enumerate(self.lines.speeches.values(), 1)
        )
        if len(choices) == 1:
            return [hello, Go(self.at("language"))]
        # as many keys as a code has: who keys theirs here is heard too
        return [Ask(says=(hello, *choices), to=self.at("language"), digits=CODE, seconds=4)]

    def ask_code(self, language: str | None, key: str = "code") -> list[Step]:
        """Ask for the code on the card, for the first time or again."""
        return [Ask(says=(self.say(language, key),), to=self.at("code"), digits=CODE, seconds=8)]

    def ask_to_stop(self, language: str | None) -> list[Step]:
        """Ask for the code of the card whose person is to be left alone."""
        return [Ask(says=(self.say(language, "stop"),), to=self.at("stop"), digits=CODE, seconds=8)]

    def wait(self, language: str | None, queue: str, *before: str) -> list[Step]:
        """Put the caller in the queue of a line."""
        spoken: list[Step] = [self.say(language, key) for key in before]
        return [*spoken, Wait(queue, self.at("wait"), self.at("left"))]

    def tell_place(self, language: str | None, place: Place) -> list[Step]:
        """Say the caller's place in the queue, and offer a call-back."""
        key = {0: "position_first", 1: "position_one", MANY: "position_many"}.get(
            place.before, "position"
        )
        says = [self.say(language, key, before=place.before)]
        if place.minutes is None:
            says.append(self.say(language, "minutes_unknown"))
        else:
            says.append(self.say(language, "minutes", minutes=place.minutes))
        offer = Ask(
            says=(self.say(language, "wait_offer"),),
            to=self.at("wait-key"),
            digits=1,
            last_key="",
            seconds=4,
        )
        return [*says, offer]

    def between(self, language: str | None) -> list[Step]:
        """Play music, or pause."""
        music = self.lines.of(language).music
        return [Play(music)] if music else [Pause(BETWEEN)]

    def ask_number(self, language: str | None, own: str | None, *before: str) -> list[Step]:
        """Ask for the number to call back on."""
        spoken = tuple(self.say(language, key) for key in before)
        number = PhoneNumber.parse(own) if own else None
        if number is not None and number.may_call:
            digits = slowly(number.printed().replace(" ", ""))
            return [
                Ask(
                    says=(*spoken, self.say(language, "number_own", number=digits)),
                    to=self.at("number"),
                    seconds=8,
                )
            ]
        return [Ask(says=(*spoken, self.say(language, "number")), to=self.at("number"), seconds=8)]

    def ask_number_again(self, language: str | None) -> list[Step]:
        """Ask for another number, because this one cannot be called."""
        return [Ask(says=(self.say(language, "number_again"),), to=self.at("number"), seconds=8)]

    def nobody_there(self, language: str | None) -> list[Step]:
        """Say that no agent is there now, and offer a call-back or a message."""
        says = tuple(self.say(language, key) for key in ("nobody_there", "closed_offer"))
        return [Ask(says=says, to=self.at("closed"), digits=1, seconds=6)]

    def closed(self, language: str | None, opens: datetime) -> list[Step]:
        """Say that the line is closed, in every language, and offer a call-back or a message."""
        when = opening_in_words(opens)
        says: list[Say] = []
        for speech in self._spoken(language):
            sentence = speech.say("closed", opens=in_words(when, speech.language))
            says += [Say(sentence, speech.spoken), Say(speech.say("closed_offer"), speech.spoken)]
        return [Ask(says=tuple(says), to=self.at("closed"), digits=1, seconds=6)]

    def _spoken(self, language: str | None) -> list[Speech]:
        return [self.lines.of(language)] if language else list(self.lines.speeches.values())

    def take_message(self, language: str | None) -> list[Step]:
        """Record a message."""
        return [self.say(language, "message"), Record(self.at("voicemail"))]

    def promised(self, language: str | None, key: str, window: Window | None) -> list[Step]:
        """Say when we call back, or that no time can be named, and hang up."""
        return self.end(language, key, window) if window else self.end(language, "promised_unknown")

    def end(self, language: str | None, key: str, window: Window | None = None) -> list[Step]:
        """Say the last sentence, and hang up."""
        values = (
            {
                "window": in_words(
                    window_in_words(window),
                    self.lines.of(language).language,
                )
            }
            if window
            else {}
        )
        return [self.say(language, key, **values), HangUp()]

    def ring_agent(self, phone: str, entry: int, identity: str) -> list[Step]:
        """Ring an agent for this caller.

        A telephone may be picked up by a voicemail, so whoever picks it up presses a key. In a browser they clicked.
        """
        to = self.at(f"agent-left?entry={entry}&agent={identity}")
        if phone.startswith(BROWSER):
            return [
                Connect(number=phone, to=to, status_url=self.at(f"agent-answered?entry={entry}"))
            ]
        accept = self.at(f"agent-accept?entry={entry}&agent={identity}")
        return [Connect(number=phone, to=to, accept_url=accept)]

    def ask_for_key(self, path: str, key: str) -> list[Step]:
        """Ask whoever picked up an agent's telephone for a key. Without one they are not connected."""
        ask = Ask(says=(self.say(None, key),), to=self.at(path), digits=1, last_key="", seconds=8)
        return [ask, HangUp()]

    def at(self, path: str) -> str:
        """Return the whole address of one of our turns."""
        return self.telephone.address(path)


def in_words(spoken: Mapping[str, str], language: str) -> str:
    """Return the text in this language, else in English."""
    return spoken.get(language) or spoken["en"]


def warm() -> None:
    """Load the provider's library and the number plans, so that the first caller does not wait for them."""
    write([])
    read_number("+441632960961")

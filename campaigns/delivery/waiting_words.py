"""Sentences that say why something waits and what to do, in Dutch and English."""

from collections.abc import Mapping

from suppression.reasons import Reason

_MOMENTS = (Reason.OUTSIDE_HOURS, Reason.LINE_CLOSED, Reason.SHOP_CLOSED, Reason.SHOP_FULL)

WORDS: Mapping[str, Mapping[str, str]] = {
    "NOT_APPROVED": {
        "nl": "de campagne is ingediend en nog niet goedgekeurd",
        "en": "the campaign is submitted and not approved yet",
        "do_nl": "een collega keurt haar goed: kaartje campaign approve {name}",
        "do_en": "a colleague approves it: kaartje campaign approve {name}",
    },
    "NOT_LAUNCHED": {
        "nl": "de campagne is goedgekeurd en nog niet gestart",
        "en": "the campaign is approved and not launched yet",
        "do_nl": "start haar: kaartje campaign launch {name}",
        "do_en": "launch it: kaartje campaign launch {name}",
    },
    "PAUSED": {
        "nl": "de campagne is gepauzeerd",
        "en": "the campaign is paused",
        "do_nl": "ga verder of stop: kaartje campaign resume {name}",
        "do_en": "go on or stop: kaartje campaign resume {name}",
    },
    "EVERYTHING_STOPPED": {
        "nl": "alles is stilgezet",
        "en": "everything is stopped",
        "do_nl": "twee mensen heffen dat op: kaartje installation lift-stop",
        "do_en": "two people lift that: kaartje installation lift-stop",
    },
    "INCIDENT": {
        "nl": "er staat een incident open",
        "en": "an incident is open",
        "do_nl": "sluit het als het is opgelost: kaartje post incident list",
        "do_en": "close it when it is solved: kaartje post incident list",
    },
    "PRINT_DIFFERS": {
        "nl": "wat de drukker meldde, klopt niet met wat wij stuurden",
        "en": "what the print shop reported does not add up with what we sent",
        "do_nl": "zoek het uit: kaartje post list",
        "do_en": "look into it: kaartje post list",
    },
    "DPIA_ENDED": {
        "nl": "de DPIA is (dan) afgelopen, op {detail}",
        "en": "the DPIA has ended by then, on {detail}",
        "do_nl": "laat haar vernieuwen en dien de campagne onder een andere naam in",
        "do_en": "have it renewed, and submit the campaign under another name",
    },
    "LINE_ENDED": {
        "nl": "de telefoonlijn is (dan) dicht, sinds {detail}",
        "en": "the phone line is closed by then, since {detail}",
        "do_nl": "houd de lijn langer open en dien de campagne onder een andere naam in",
        "do_en": "keep the line open for longer, and submit the campaign under another name",
    },
    "LATER_DAY": {
        "nl": "de dag ervan komt nog",
        "en": "its day is still to come",
    },
    "DISTANCE": {
        "nl": "ze houdt haar dagen na de stap ervoor, die later ging dan gepland",
        "en": "it keeps its days after the step before it, which went later than planned",
    },
    "SUNDAY": {
        "nl": "op zondag bellen en sms'en we niet",
        "en": "we do not call or text on a Sunday",
    },
    "HOLIDAY": {
        "nl": "vandaag is het {detail}, dan bellen en sms'en we niet",
        "en": "today is a public holiday ({detail}), on which we do not call or text",
    },
    "NO_DAY": {
        "nl": "er is geen dag waarop het kan gaan ({detail})",
        "en": "there is no day on which it can go ({detail})",
        "do_nl": "open de lijn op meer dagen",
        "do_en": "open the line on more days",
    },
    "TRY_AGAIN": {
        "nl": "het kon net niet weg of wacht op een ander dagdeel, en gaat daarna opnieuw",
        "en": "it could not go just now or waits for another part of the day, and is tried again",
    },
    "NEXT_PASS": {
        "nl": "het is aan de beurt en gaat bij de volgende ronde",
        "en": "it is due and goes in the next pass",
        "do_nl": "kijk of er iets mislukte: kaartje deliver",
        "do_en": "see whether anything failed: kaartje deliver",
    },
    "NOT_SURE": {
        "nl": "het is niet zeker of het weg is: het kanaal wordt er nog naar gevraagd",
        "en": "it is not sure whether it went: the channel is still asked",
        "do_nl": "kaartje deliver vraagt het opnieuw",
        "do_en": "kaartje deliver asks again",
    },
    "RUN_MADE": {
        "nl": "drukopdracht {detail} staat klaar en is nog niet bij de drukker",
        "en": "print run {detail} is made and not at the print shop yet",
        "do_nl": "kaartje post hand-over zegt waarom",
        "do_en": "kaartje post hand-over says why",
    },
    "RUN_PAUSED": {
        "nl": "drukopdracht {detail} wacht omdat de campagne gepauzeerd is",
        "en": "print run {detail} waits because the campaign is paused",
        "do_nl": "ga verder of stop: kaartje campaign resume {name}",
        "do_en": "go on or stop: kaartje campaign resume {name}",
    },
    **{each.value: {"nl": each.sentence("nl"), "en": each.sentence("en")} for each in _MOMENTS},
}
"""By the code of the reason: the sentence (nl, en), and what to do about it (do_nl, do_en)."""

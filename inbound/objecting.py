"""Hear "stop" in whatever spelling people send it. When in doubt it is a stop: a person can lift it, nobody can unsend.

Whole messages count, and so does a clause of its own ("Wat is dit? STOP!"). A word within a sentence does not: whoever
asks whether he may stop filing wants an answer.
"""

# ruff: noqa: RUF001  letters of many alphabets, on purpose

import re
import unicodedata

_LETTERS = str.maketrans({"ı": "i", "ł": "l", "ß": "ss", "ø": "o", "æ": "ae", "ى": "ي", "ة": "ه", "🛑": " stop "})
_CLAUSE = re.compile(r"[.,;:!?\n\r\u061b\u061f\u060c…()\"“”]+")
_TWICE = re.compile(r"(.)\1+")

_POLITE = """
    aub asjeblieft alsjeblieft alstublieft svp graag nu meteen direct ermee hiermee hier daar mee maar nou gewoon toch
    nee nein no ok oke hallo hoi hi dag groet groeten
    please pls plz now thanks thank you thx just bedankt dank u je wel bitte sofort jetzt danke lutfen simdi artik
    prosze teraz juz dziekuje من فضلك رجاء لو سمحت الان شكرا пожалуйста будь ласка
"""

# One phrase a line; small letters, accents and signs do not matter, and neither do polite words around it.
_SURE = """
    stop
    stoppen
    stop ermee
    stop it
    stopzetten
    stopall
    stop alles
    stop alle berichten
    stop sms
    stop met sms
    stop met smsen
    stop met berichten
    stop met bellen
    stop met kaartjes
    stop met dit
    afmelden
    meld mij af
    meld me af
    ik wil me afmelden
    uitschrijven
    schrijf mij uit
    geen sms meer
    geen berichten meer
    geen kaartjes meer
    geen contact meer
    ik wil geen berichten meer
    ik wil geen contact
    ik wil geen contact meer
    ik maak bezwaar tegen contact
    niet meer sturen
    niet meer bellen
    niet meer sms
    stuur niks meer
    stuur niets meer
    stuur mij niets meer
    bel mij niet meer
    bel me niet meer
    laat me met rust
    laat mij met rust
    unsubscribe
    opt out
    stop texting
    stop texting me
    stop messaging me
    stop calling me
    stop contacting me
    stop sending
    remove me
    take me off
    leave me alone
    no more texts
    no more messages
    do not contact me
    dont contact me
    do not text me
    dont text me
    do not call me
    dont call me
    stopp
    aufhoren
    hor auf
    horen sie auf
    abmelden
    abbestellen
    keine nachrichten mehr
    keine sms mehr
    lass mich in ruhe
    lassen sie mich in ruhe
    durdur
    durdurun
    mesaj atma
    mesaj atmayin
    mesaj gonderme
    mesaj gondermeyin
    mesaj istemiyorum
    sms istemiyorum
    aramayin
    beni aramayin
    beni rahat birakin
    przestan
    przestac
    przestancie
    zatrzymaj
    wypisz mnie
    rezygnuje
    nie pisz
    nie piszcie
    nie dzwon
    nie dzwonic
    nie pisac
    nie dzwoncie
    nie kontaktuj sie
    nie wysylaj
    nie wysylajcie
    توقف
    توقفوا
    اوقف
    اوقفوا
    ايقاف
    وقف
    قف
    ستوب
    كفى
    الغاء الاشتراك
    لا تتصل بي
    لا تتصلوا بي
    لا تراسلني
    لا ترسل
    لا ترسلوا
    لا اريد رسائل
    стоп
    отписаться
    відписатися
    не пишите
    не пишіть
"""

# A stop only when the whole message says so: within a longer one they are ordinary words.
_ALONE = """
    end
    quit
    cancel
    revoke
    halt
    einde
    dur
    iptal
    ret
    istemiyorum
    koniec
    dosc
    stoj
    الغاء
    خلاص
"""


def _plain(text: str) -> list[str]:
    """Return the words of a text, without accents, signs, capitals or letters said more than once in a row."""
    apart = unicodedata.normalize("NFKD", text.casefold().translate(_LETTERS))
    kept = "".join(c for c in apart if unicodedata.category(c) not in {"Mn", "Cf", "Lm"} and c not in "'’`ـ").translate(
        _LETTERS
    )
    words = re.findall(r"[^\W\d_]+", kept)
    return [_TWICE.sub(r"\1", word) for word in _spelled(words)]


def _spelled(words: list[str]) -> list[str]:
    """Join letters that stand alone: s t o p is stop."""
    joined: list[str] = []
    was_letter = False
    for word in words:
        letter = len(word) == 1
        if letter and was_letter:
            joined[-1] += word
        else:
            joined.append(word)
        was_letter = letter
    return joined


def _phrases(lines: str) -> frozenset[str]:
    return frozenset("".join(_plain(line)) for line in lines.splitlines() if line.strip())


_POLITE_WORDS = frozenset(_plain(_POLITE))
_SURE_PHRASES = _phrases(_SURE)
_ALONE_PHRASES = _SURE_PHRASES | _phrases(_ALONE)


def is_stop(text: str) -> bool:
    """Say whether a text message asks us to stop."""
    if _says(text, _ALONE_PHRASES):
        return True
    return any(_says(clause, _SURE_PHRASES) for clause in _CLAUSE.split(text))


def _says(text: str, phrases: frozenset[str]) -> bool:
    words = _plain(text)
    # said three times is said once
    once = [word for place, word in enumerate(words) if place == 0 or word != words[place - 1]]
    bare = [word for word in once if word not in _POLITE_WORDS]
    return any("".join(said) in phrases for said in (words, once, bare, _without_spelled_politeness(once)))


def _without_spelled_politeness(words: list[str]) -> list[str]:
    """Take `aub` and the like off the end of letters that were spelled out in one go."""
    if len(words) != 1:
        return []
    endings = (word for word in ("aub", "svp", "pls", "please") if words[0].endswith(word))
    return [words[0].removesuffix(next(endings, ""))]

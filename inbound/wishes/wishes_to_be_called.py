"""Words in which people ask to be called, or say that they do not dare or like to call themselves."""

# ruff: noqa: RUF001  letters of many alphabets, on purpose

import re
import unicodedata

_DUTCH_AND_ENGLISH = re.compile(
    r"\bbel(?:t u|len jullie)? (?:me|mij|ons|maar|terug|even|op)\b"
    r"|\b(?:me|mij|ons) (?:(?:even|graag|terug) ?)*(?:op|terug)?bellen\b"
    r"|\b(?:kan|kunt|kunnen|wilt?|zou|zoudt?|zouden) (?:u|je|jij|jullie|iemand)\b"
    r".*\b(?:bellen|contact (?:met \w+ )?(?:willen )?op(?:te)?nemen)\b"
    r"|\bneemt? (?:u )?(?:even |aub |graag )*contact (?:met (?:mij|me|ons) )?op\b|\bcontact opnemen (?:graag|aub)\b"
    r"|\btelefonisch contact\b|\btelefoontje\b|\bterugbelverzoek\b"
    r"|\bplease (?:call|phone|ring)\b|\bcontact me\b"
    r"|\bterug ?(?:te )?bellen\b|\bgebeld worden\b|\b(?:call|phone|ring) (?:me|us)\b|\bcall (?:back|please)\b"
)
_OTHERS = re.compile(
    r"\bruf(?:en sie|t|)? (?:mich|uns)\b|\b(?:mich|uns)\b.*\b(?:zuruck|an)rufen\b|\b(?:um )?ruckruf\b"
    r"|\b(?:m'|nous )r?appel\w+|\br?appele[rz][ -]moi\b|\bme r?appele[rz]\b"
    r"|\bllam(?:ar|e|en|a)?me\b|\bme (?:puede|pueden|podria|podrian) llamar\b"
    r"|\bdo mnie\b.*\b(?:za|od)?dzwoni\w*|\b(?:za|od)dzwon\w*(?: \w+)? do mnie\b|\boddzwon\w*|\bprosze o telefon\b"
    r"|\bbeni (?:\w+ )?ara(?:y[ıi]n|r m[ıi]s[ıi]n|yabilir|sana|yiniz)\w*"
    r"|(?:اتصل|اتصلوا|الاتصال|تتصل|تتصلوا) (?:بي|بنا)|كلموني"
    r"|\b(?:зателефону|подзвон|передзвон|позвон|перезвон)\w*"
)
_NOT = re.compile(r"\b(?:niet|geen|nooit|not|don.?t|never|no more|stop calling|stop met)\b")
_NOT_THERE = re.compile(
    r"\b(?:nicht|kein\w*|nie|ne|n'\w+|pas|plus|jamais|no|nunca|nigdy|wiecej|не|bir daha|art[ıi]k)\b"
    r"|(?<!\w)(?:لا|لم|عدم)(?!\w)"
)
_WHY = re.compile(
    r"\W*(?:(?:en|maar|and|but) )?(?:waarom|hoezo|why|warum|pourquoi|dlaczego|neden|لماذا)"
)
_CANNOT_CALL = re.compile(
    r"\b(?:kan|kon|durf|lukt|wil|hoef)\b(?: (?!mij|me|ons)[^\W\d_]+){0,2}? niet\b(?: (?!mij|me|ons)[^\W\d_]+){0,2}?"
    r" (?:te )?(?:op)?bellen\b"
    r"|\bik bel (?:zelf )?(?:liever niet|niet graag|niet zo graag)\b|\bbellen (?:vind|is) [^.,;!?]*"
    r"|\b(?:can.?t|cannot|can not|dare not|do not dare to|don.?t dare to) (?:call|phone|ring)\b"
    r"|\b(?:don.?t|do not) (?:really )?(?:like|want|dare|wish|love)(?: to)? (?:call|phon|ring)ing\b(?! me| us)"
    r"|\b(?:don.?t|do not) (?:really )?(?:like|want|dare|wish|love) to (?:call|phone|ring)\b(?! me| us)"
    r"|\b(?:afraid|scared|nervous|shy|anxious)(?: to| of| about) (?:call|phone|ring|calling|phoning|ringing)\b"
    r"|\b(?:ich )?trau\w* mich nicht,? (?:an)?(?:zu)?rufen|\bich (?:kann|mag|will) (?:sie )?nicht (?:gern )?anrufen"
    r"|\bje n?'?ose pas (?:vous )?appeler|\bpeur d'appeler"
    r"|\b(?:boje sie|nie (?:moge|lubie|chce|smiem)) (?:do panstwa |do was )?(?:za)?dzwonic"
    r"|\baramaya (?:cekin|kork|utan)\w*|\barayam\w+"
    r"|(?:اخاف|لا استطيع|لا اجرو على) (?:من )?(?:الاتصال|ان اتصل)(?: بكم)?|\b(?:miedo|verguenza) (?:a )?llamar\b"
)
"""Said of calling us, which is no objection to being called."""
_CLAUSE = re.compile(r"[.,;:!?؟،\n]+")


def clauses_of_wish(text: str) -> list[str]:
    """Return the clauses of a text that ask for a call and do not say the opposite."""
    folded = _folded(text)
    return [
        part
        for part in _CLAUSE.split(_CANNOT_CALL.sub(" ", folded))
        if (_DUTCH_AND_ENGLISH.search(part) and not _NOT.search(part) and not _WHY.match(part))
        or (_OTHERS.search(part) and not _NOT_THERE.search(part) and not _WHY.match(part))
    ]


def without_shyness(text: str) -> str:
    """Return a text without what says that somebody does not dare or like to call."""
    folded = _folded(text)
    return _CANNOT_CALL.sub(" ", folded) if _CANNOT_CALL.search(folded) else text


def _folded(text: str) -> str:
    """Return a text in lower case, without accents, words parted by one space."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    kept = "".join(sign for sign in apart if not unicodedata.combining(sign))
    return " ".join(kept.replace("\u2019", "'").split())

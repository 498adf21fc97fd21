"""The language of a text message, for its answer.

A text is often three words long, so everyday words of the line stand here beside the small words of a language. A word
of both languages ("stop", "me", "is") says nothing.
"""

import re

_DUTCH_WORDS = """
    ik u uw je jij jou jouw jullie mij mijn me wij we zij ze ons onze hij hem haar zijn heb hebt heeft hebben ben bent
    was had kan kun kunt kunnen kon wil wilt willen mag moet moeten zal zou zullen doe doet doen ga gaat word wordt
    het de een deze die dat dit met voor van naar om bij uit op aan in als of want maar omdat en dus er
    wat wie hoe waarom waar wanneer welke ja nee niet geen nooit meer nog ook wel niks niets iets iemand niemand weer
    bel belt bellen belde gebeld terugbellen opbellen beller stoppen stopt ophouden hou houd laat laten rust sms
    stuur sturen bericht berichten berichtje kaart kaartje brief brieven post lijst hulp afmelden aanmelden
    uitschrijven graag dank dankje dankjewel bedankt groet groeten alstublieft alsjeblieft aub ajb svp
    nu straks vandaag morgen overmorgen gisteren vanmiddag vanavond vanochtend ochtend middag avond morgenochtend
    morgenmiddag morgenavond ochtends middags avonds tussen na voor tot uur uurtje kwartier half week weken volgende
    maandag dinsdag woensdag donderdag vrijdag zaterdag zondag januari februari maart mei juni juli augustus oktober
    verkeerd verkeerde nummer telefoon aangifte belasting ingeleverd gedaan betaald overleden dood verhuisd man vrouw
    moeder vader zoon dochter ziek oud help later stop is over hiermee ermee daarmee hier daar
"""
_ENGLISH_WORDS = """
    i i'm im you your yours me my mine we us our they them he him she her it its am are is was were be been have has had
    do does did don't dont doesn't doesnt didn't didnt can can't cant could would should will won't may must want need
    the a an this that these those of to at from for with about in on off out up by if or because and so but than
    what who whom how why where when which yes not never any anymore ever again more some something someone somebody
    anyone nobody nothing now just already still too
    call calls calling called caller phone phoning ring ringing stop stopping quit opt leave alone text texts texting
    send sending message messages messaging contact contacting bother bothering harassing writing card letter letters
    remove delete unsubscribe list help please pls thanks thank thx hello hey sorry
    sms over
    today tomorrow tonight yesterday morning afternoon evening noon between after before until back soon later next
    hour hours minutes week weeks monday tuesday wednesday thursday friday saturday sunday january february march may
    june july august october
    wrong number filed file return tax taxes paid died dead deceased moved husband wife mother father son daughter ill
    sick old
"""
_BOTH = set(_DUTCH_WORDS.split()) & set(_ENGLISH_WORDS.split())
_DUTCH = frozenset(_DUTCH_WORDS.split()) - _BOTH
_ENGLISH = frozenset(_ENGLISH_WORDS.split()) - _BOTH
_APOSTROPHES = str.maketrans("\u2018\u2019\u02bc`", "''''")


def language_of(text: str) -> str | None:
    """Return the language of a text, Dutch or English, or None where neither clearly prevails."""
    words = re.findall(r"[a-z']+", text.casefold().translate(_APOSTROPHES))
    dutch, english = sum(word in _DUTCH for word in words), sum(word in _ENGLISH for word in words)
    return None if dutch == english else "nl" if dutch > english else "en"

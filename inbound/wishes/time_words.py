"""Dutch and English words for days and times, in lower case without accents."""

NUMBERS = {
    word: number
    for words in (
        "een twee drie vier vijf zes zeven acht negen tien elf twaalf",
        "one two three four five six seven eight nine ten eleven twelve",
    )
    for number, word in enumerate(words.split(), 1)
}
WEEKDAYS = {
    word: day
    for words in (
        "maandag dinsdag woensdag donderdag vrijdag zaterdag zondag",
        "monday tuesday wednesday thursday friday saturday sunday",
    )
    for day, word in enumerate(words.split())
}
MONTHS = {
    word: month
    for words in (
        "januari februari maart april mei juni juli augustus september oktober november december",
        "january february march april may june july august september october november december",
        "jan feb mrt apr mei jun jul aug sep okt nov dec",
        "jan feb mar apr may jun jul aug sept oct nov dec",
    )
    for month, word in enumerate(words.split(), 1)
}
AHEAD = {"vandaag": 0, "today": 0, "morgen": 1, "tomorrow": 1, "overmorgen": 2}
MORNING, AFTERNOON, EVENING, NIGHT = "morning", "afternoon", "evening", "night"
PARTS = {
    **dict.fromkeys(
        ("ochtend", "ochtends", "voormiddag", "morgens", "morning", "mornings"), MORNING
    ),
    **dict.fromkeys(("middag", "middags", "namiddag", "afternoon", "afternoons"), AFTERNOON),
    **dict.fromkeys(("avond", "avonds", "evening", "evenings"), EVENING),
    **dict.fromkeys(("nacht", "nachts", "night", "nights", "middernacht", "midnight"), NIGHT),
}

_AROUND = "na|voor|tegen|rond|omstreeks|vanaf|tot|om|bij|tussen|en"
_PLURALS = "enen tweeen drieen vieren vijven zessen zevenen achten negenen tienen elven twaalven"
ALONG = (
    *(
        (rf"\b(?P<before>{_AROUND}) (?:{word}|{hour}'?en)\b", rf"\g<before> {hour} uur")
        for hour, word in enumerate(_PLURALS.split(), 1)
    ),
    (r"\buhr\b", "uur"),
    (r"\bheute\b", "vandaag"),
    (r"\bubermorgen\b", "overmorgen"),
    (r"\bnach (?=\d)", "na "),
    (r"\bvor (?=\d)", "voor "),
    (r"\bab (?=\d)", "vanaf "),
    (r"\bum (?=\d|halb)", "om "),
    (r"\bgegen (?=\d)", "rond "),
    (r"\bzwischen (?=\d)", "tussen "),
    (r"(?<=\d) und (?=\d)", " en "),
    (r"\bhalb (?=\w)", "half "),
    (r"\b(?:in|within) (?=(?:\w+ days|an? (?:day|week))\b)", "over "),
    (r"\b(?:na|after|nach) (?:mijn |my |het |the )?(?:werk|werktijd|work)\b", " na 17:00 "),
    (r"\b(?:na|after) (?:mijn |my |de |the )?lunch(?:pauze|time)?\b", " na 13:00 "),
    (r"\b(?:eind|einde) van de ochtend\b|\blate morning\b", " tussen 11:00 en 12:00 "),
    (
        r"\b(?:begin van de|vroeg in de) middag\b|\bearly (?:in the )?afternoon\b",
        " tussen 12:00 en 14:00 ",
    ),
    (
        r"\b(?:eind|einde) van de middag\b|\blaat in de middag\b|\blate (?:in the )?afternoon\b",
        " tussen 15:00 en 17:00 ",
    ),
    (r"\b(?:eind|einde) van de dag\b|\bend of the day\b", " tussen 16:00 en 18:00 "),
    (
        r"\b(?:begin van de|vroeg in de) avond\b|\bearly (?:in the )?evening\b",
        " tussen 17:00 en 19:00 ",
    ),
    (r"\b(?:(?:om|rond|tegen) )?een (?:uur|uurtje) of (?=\w)", " rond "),
    (
        (
            r"\b(?:na|voor|after|before|nach|vor) (?:mijn|my|het|the|der|de)? ?"
            r"(?:werk\w*|work|arbeit|school\w*|eten|avondeten|lunch\w*|dinner)\b"
        ),
        " week ",
    ),
    (
        r"\b(?:goede?n?|goeie|fijne|good|nice)\s*(?:morgen|ochtend|middag|avond|nacht|dag|morning|afternoon|evening|night|day)\b",
        " ",
    ),
    (r"\bat half (?!past)", " week "),  # half an hour before it in Dutch, after it in English
    (r"\b(?:the )?day after tomorrow\b", " overmorgen "),
    (r"\btonight\b", " today evening "),
    (r"\bthis (?=morning|afternoon|evening)", " today "),
    (r"\bvan(?=ochtend|morgen\b|middag|avond)", "vandaag "),
    (r"\bvandaag morgen\b", "vandaag ochtend"),
    (r"\b(?:'s|in de) morgens?\b", " ochtend "),
    (r"\btussen de middag\b", " tussen 12:00 en 13:00 "),
    (r"\bnoon\b", " 12:00 "),
    (r"\b(morgen|overmorgen|\w+dag)(ochtend|middag|avond)\b", r"\1 \2"),
    (r"\b(?:vroeg(?:er)?|eerder|earlier) (?:dan|than)\b", "voor"),
    (r"\blater (?:dan|than)\b", "na"),
    (r"\b(?:'s|de|het|the|in|on|op|of the)\b", " "),
)
"""Replacements made first, of greetings that name a part of the day and of synonyms in several words."""

_OTHER_MOMENTS = """
    gisteren yesterday eergisteren geleden ago belde belden gebeld called gemist missed heb hebben hebt heeft had hadden
    was waren were sinds since deadline wanneer when open dicht closed
"""
_NO_ONE_DAY = """
    week weken weeks weekend maand maanden month months jaar year minuten minuut minutes minute uurtje
"""
_NOT_THEN = "niet not nooit never geen no behalve except nee neither"
UNCLEAR = frozenset(f"{_OTHER_MOMENTS} {_NO_ONE_DAY} {_NOT_THEN}".split())
"""Words that make a day or a time beside them unusable."""

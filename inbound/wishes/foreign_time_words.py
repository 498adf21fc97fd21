"""Words for days and times in the other languages of callers, put into the Dutch ones that are parsed.

A language's words count only in a text that has a word of that language alone: "a" and "do" are Polish and English.
"""

# ruff: noqa: RUF001  letters of many alphabets, on purpose

import re
from dataclasses import dataclass

Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Tongue:
    """The words of a language, in lower case without accents, each with the Dutch that stands for it."""

    marks: str
    """Words that only this language has."""
    phrases: Pairs
    days: str
    """Monday to Sunday, of each the forms parted by a bar."""
    hours: str = ""
    """One to twelve as they are said beside a time, of each the forms parted by a bar."""

    def speaks(self, text: str) -> bool:
        """Return whether a text has a word of this language."""
        return bool(re.search(rf"(?<!\w)(?:{self.marks}|{self._any_day()})(?!\w)", text))

    def in_dutch(self, text: str) -> str:
        """Put the words for days and times in a text into Dutch."""
        for pattern, word in (*self._hours(), *self.phrases, *self._days()):
            ends = "" if "(?=" in pattern else r"(?!\w)"
            text = re.sub(rf"(?<!\w)(?:{pattern}){ends}", word, text)
        return text

    def _any_day(self) -> str:
        return "|".join(self.days.split())

    def _days(self) -> Pairs:
        return tuple(zip(self.days.split(), _DAYS, strict=True))

    def _hours(self) -> Pairs:
        return tuple((said, str(hour)) for hour, said in enumerate(self.hours.split(), 1))


_DAYS = ("maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag", "zondag")
GERMAN = Tongue(
    marks=r"heute|morgen (?:fruh|abend|vormittag|nachmittag)|ubermorgen|stunden?|minuten|uhr|halb|fruh|nach|abends?"
    "|zwischen|bitte|feierabend|vormittags?|nachmittags?",
    days="montags? dienstags? mittwochs? donnerstags? freitags? samstags?|sonnabends? sonntags?",
    hours="eins zwei drei vier|viere funf|funfe sechs|sechse sieben acht neun zehn elf zwolf",
    phrases=(
        ("in (?:ein|1) (?:paar|einigen) stunden|in einigen stunden|in ein paar stunden", "over een paar uur"),
        (r"in (\d+) stunden?", r"over \1 uur"),
        (r"in (\d+) minuten", r"over \1 minuten"),
        ("in (?:eineinhalb|anderthalb) stunden", "over anderhalf uur"),
        ("innerhalb (?:einer|von einer) stunde", "binnen een uur"),
        ("nach (?:der|meiner)? ?(?:arbeit|schicht)|nach feierabend", "na het werk"),
        ("fruh|fruhmorgens|morgens|vormittags?", "ochtend"),
        ("nachmittags?", "middag"),
        ("abends?", "avond"),
        ("von (?=\\d)", "van "),
        ("bis (?=\\d)", "tot "),
        ("nicht|kein|keine|keinen", "niet"),
        ("gestern|vorgestern", "gisteren"),
        (r"(?<=\d )und (?=\d)|(?<=uhr )und (?=\d)", "en "),
        ("am (?=\\w+tags?\\b|ochtend|middag|avond|mittwoch)", ""),
    ),
)  # fmt: skip
FRENCH = Tongue(
    marks="aujourd'hui|demain|apres|matin|soir|ce soir|heures?|demi-heure|rappele[rz]|appele[rz]|svp",
    days="lundi mardi mercredi jeudi vendredi samedi dimanche",
    hours="une deux trois quatre cinq six sept huit neuf dix onze douze",
    phrases=(
        ("dans (?:quelques|plusieurs) heures", "over een paar uur"),
        ("dans 1 (?:petite )?heure et demie?", "over anderhalf uur"),
        ("dans (?:1|la) demi-? ?heure", "over een half uur"),
        ("dans (?:1|un) quart d'heure", "over een kwartier"),
        (r"dans (\d+) ?(?:petites? )?(?:h|heures?)", r"over \1 uur"),
        (r"dans (\d+) ?(?:min|minutes)", r"over \1 minuten"),
        ("d'ici (?:1|une) heure|dans l'heure", "binnen een uur"),
        ("apres (?:le|mon) (?:travail|boulot)", "na het werk"),
        ("(?:l')?apres-demain", "overmorgen"),
        ("cet(?:te)? apres-? ?midi", "vandaag middag"),
        ("(?:l'|d')?apres-? ?midi", "middag"),
        ("ce matin", "vandaag ochtend"),
        ("ce soir", "vandaag avond"),
        ("(?:le |au )?matin|(?:la )?matinee", "ochtend"),
        ("(?:le |au )?soir|soiree", "avond"),
        ("aujourd'hui", "vandaag"),
        ("demain", "morgen"),
        ("(?:a )?midi", "12:00"),
        (r"(\d+) ?h(?:eures?)?", r"\1 uur"),
        (r"(?:pas|plus) apres (?=\d)", "niet na "),
        (r"(?:pas|plus) avant (?=\d)", "niet voor "),
        (r"(?:apres|a partir de) (?=\d)", "na "),
        (r"(?:avant|jusqu'a) (?=\d)", "voor "),
        (r"vers (?=\d)", "rond "),
        (r"entre (?=\d)", "tussen "),
        (r"(?<=\d )et (?=\d)|(?<=uur )et (?=\d)", "en "),
        (r"de (?=\d)", "van "),
        (r"(?<=van \d )a (?=\d)|(?<=van \d\d )a (?=\d)|(?<=\d uur )a (?=\d)", "tot "),
        (r"a (?=\d)", "om "),
        ("hier|avant-hier", "gisteren"),
        ("pas|jamais|sauf", "niet"),
        ("le|la|les", ""),
    ),
)  # fmt: skip
SPANISH = Tongue(
    marks="hoy|manana|pasado manana|tarde|tardes|noche|despues|antes|horas?|llam\\w+|por favor|ayer|mediodia",
    days="lunes martes miercoles jueves viernes sabado domingo",
    hours="una|uno dos tres cuatro cinco seis siete ocho nueve diez once doce",
    phrases=(
        ("(?:en|dentro de) (?:unas|algunas|un par de) horas", "over een paar uur"),
        ("(?:en|dentro de) 1 hora y media|(?:en|dentro de) hora y media", "over anderhalf uur"),
        ("(?:en|dentro de) media hora", "over een half uur"),
        ("(?:en|dentro de) (?:un )?cuarto de hora", "over een kwartier"),
        (r"(?:en|dentro de) (\d+) ?(?:horas?|h)", r"over \1 uur"),
        (r"(?:en|dentro de) (\d+) ?(?:min|minutos)", r"over \1 minuten"),
        ("despues (?:de|del) (?:mi )?(?:trabajo|trabajar)", "na het werk"),
        ("pasado manana", "overmorgen"),
        ("(?:por|de|en) la manana|esta manana", "ochtend"),
        ("(?:por|de|en) la tarde|tardes?", "middag"),
        ("esta middag", "vandaag middag"),
        ("(?:por|de|en) la noche|esta noche", "avond"),
        ("hoy", "vandaag"),
        ("manana", "morgen"),
        ("(?:al )?mediodia", "12:00"),
        (r"(\d+) y media", r"\1:30"),
        (r"(?:despues de|a partir de|desde) (?:las? )?(?=\d)", "na "),
        (r"(?:antes de|hasta) (?:las? )?(?=\d)", "voor "),
        (r"entre (?:las? )?(?=\d)", "tussen "),
        (r"(?<=\d )y (?:las? )?(?=\d)", "en "),
        (r"de (?:las? )?(?=\d)", "van "),
        (r"(?<=\d )a (?:las? )?(?=\d)", "tot "),
        (r"(?:a|hacia|sobre) las? (?=\d)", "om "),
        (r"(\d+) ?horas?", r"\1 uur"),
        ("ayer|anteayer", "gisteren"),
        ("el|los|la|las", ""),
    ),
)  # fmt: skip
POLISH = Tongue(
    marks="jutro|pojutrze|dzis|dzisiaj|godzin\\w*|połtorej|poł|pol|rano|wieczorem|wieczor|popołudniu|południ\\w*|poludni\\w*"
    "|kwadrans|minut|miedzy|prosze|zadzwon\\w*|pracy|wczoraj",
    days="poniedziałe?k\\w*|poniedzial\\w* wtorek srod[ae] czwartek piatek sobot[ae] niedziel[ae]",
    hours="pierwsz\\w+ dwie|dwa|drugiej trzy|trzeciej cztery|czwartej piec|piatej szesc|szostej siedem|siodmej"
    " osiem|osmej dziewiec|dziewiatej dziesiec|dziesiatej jedenascie|jedenastej dwanascie|dwunastej",
    phrases=(
        ("za (?:kilka|pare) godzin", "over een paar uur"),
        ("za poł?tore?j godziny|za pol?torej godziny", "over anderhalf uur"),
        ("za (?:poł|pol) godziny?|za połgodziny", "over een half uur"),
        ("za kwadrans", "over een kwartier"),
        ("za (?:1 |jedna )?godzin[ek]e?|za godzinke", "over een uur"),
        (r"za (\d+) ?(?:godziny?|godz\.?|h)", r"over \1 uur"),
        (r"za (\d+) ?(?:minuty?|min)", r"over \1 minuten"),
        ("w ciagu godziny", "binnen een uur"),
        ("po (?:mojej )?pracy", "na het werk"),
        ("pojutrze", "overmorgen"),
        ("jutro", "morgen"),
        ("dzis|dzisiaj", "vandaag"),
        ("przed połud\\w+|przedpołudniem|rano|z rana", "ochtend"),
        ("po połud\\w+|popołudniu|po polud\\w+|popoludniu", "middag"),
        ("wieczorem|wieczor", "avond"),
        ("w południe", "12:00"),
        ("godzinie|godziny|godzina|godz\\.?", ""),
        ("po +(?=\\d)", "na "),
        ("przed +(?=\\d)", "voor "),
        ("do +(?=\\d)", "tot "),
        ("od +(?=\\d)", "van "),
        ("(?:około|kolo|okolo) +(?=\\d)", "rond "),
        ("o +(?=\\d)", "om "),
        ("(?:po)?miedzy +(?=\\d)", "tussen "),
        ("(?<=\\d )a +(?=\\d)", "en "),
        ("wczoraj|przedwczoraj", "gisteren"),
        ("nie|nigdy", "niet"),
        ("we?", ""),
    ),
)  # fmt: skip
TURKISH = Tongue(
    marks="bugun|yar[ıi]n|obur gun|saat|dakika|sonra|sabah|aksam|ogleden|ar[ıi]yin|aray[ıi]n|lutfen|aras[ıi]\\w*",
    days="pazartesi sal[ıi] carsamba persembe cuma cumartesi pazar",
    hours="bir iki uc dort bes alt[ıi] yedi sekiz dokuz on",
    phrases=(
        ("birkac saat (?:sonra|icinde)", "over een paar uur"),
        ("1 bucuk saat sonra", "over anderhalf uur"),
        ("yar[ıi]m saat (?:sonra|icinde)", "over een half uur"),
        ("ceyrek saat sonra|10 5 dakika sonra", "over een kwartier"),
        (r"(\d+) saat (?:sonra|icinde)", r"over \1 uur"),
        (r"(\d+) ?(?:dakika|dk) (?:sonra|icinde)", r"over \1 minuten"),
        ("is(?:ten|im(?:den)?|ten c[ıi]k[ıi]nca) sonra|mesaiden sonra", "na het werk"),
        ("obur gun|ertesi gun", "overmorgen"),
        ("yar[ıi]n", "morgen"),
        ("bugun|bu (?=sabah|aksam|ogleden)", "vandaag "),
        ("ogleden once|sabahleyin|sabah(?:lar[ıi])?", "ochtend"),
        ("ogleden sonra", "middag"),
        ("aksam(?:lar[ıi]|leyin|ustu)?", "avond"),
        (r"(?:saat )?(\d+(?:[:.]\d\d)?) ?'?(?:[dt][ea]n) sonra", r"na \1 uur"),
        (r"(?:saat )?(\d+(?:[:.]\d\d)?) ?'?(?:[dt][ea]n) once", r"voor \1 uur"),
        (
            r"(?:saat )?(\d+) ?(?:-|ile|ve|la|le) ?(\d+)(?:'?(?:si|i|u|[ıi]))? ?(?:saatleri )?aras[ıi]\w*",
            r"tussen \1 en \2 uur",
        ),
        (r"saat (\d+(?:[:.]\d\d)?)(?: ?'?[dt][ea])?|(\d+) ?'[dt][ea]", r"om \1\2 uur"),
        ("dun|gecen", "gisteren"),
        ("degil|olmaz|hay[ıi]r|haric|aramay[ıi]n", "niet"),
    ),
)  # fmt: skip
ARABIC = Tongue(
    marks="ساعة|ساعه|الساعة|الساعه|ساعات|ساعتين|دقيقة|دقايق|غدا|بكرة|بكره|اليوم|صباحا|الصباح|الصبح|مساء|المساء|الظهر|بعد|قبل",
    days="الاثنين|الاتنين الثلاثاء الاربعاء الخميس الجمعة السبت الاحد",
    phrases=(
        ("بعد (?:عدة|بضع|كم) (?:ساعات|ساعة)", "over een paar uur"),
        ("(?:بعد|خلال) نصف ساعة", "over een half uur"),
        ("بعد ساعة ونصف", "over anderhalf uur"),
        ("بعد ربع ساعة", "over een kwartier"),
        ("بعد ساعتين", "over 2 uur"),
        (r"بعد (\d+) ?(?:ساعات|ساعة)", r"over \1 uur"),
        (r"بعد (\d+) ?(?:دقيقة|دقايق)", r"over \1 minuten"),
        ("بعد (?:ساعة|ساعه)", "over een uur"),
        ("خلال (?:ساعة|ساعه)", "binnen een uur"),
        ("بعد (?:العمل|الدوام|الشغل)", "na het werk"),
        ("بعد (?:غد|غدا|بكرة|بكره)", "overmorgen"),
        ("غدا|بكرة|بكره", "morgen"),
        ("اليوم", "vandaag"),
        ("بعد الظهر|العصر|عصرا", "middag"),
        ("صباحا|في الصباح|الصباح|الصبح", "ochtend"),
        ("مساء|في المساء|المساء", "avond"),
        (r"بعد (?:الساعة|الساعه)? ?(\d+(?::\d\d)?)", r"na \1 uur"),
        (r"قبل (?:الساعة|الساعه)? ?(\d+(?::\d\d)?)", r"voor \1 uur"),
        (r"بين (?:الساعة|الساعه)? ?(\d+) ?و ?(?:الساعة|الساعه)? ?(\d+)", r"tussen \1 en \2 uur"),
        (r"من (?:الساعة|الساعه)? ?(\d+) (?:الى|حتى) ?(\d+)", r"van \1 tot \2 uur"),
        (r"(?:في )?(?:الساعة|الساعه) (\d+(?::\d\d)?)", r"om \1 uur"),
        ("امس|البارحة", "gisteren"),
        ("لا|ليس|مش|ما|ماعدا", "niet"),
        ("يوم", ""),
    ),
)  # fmt: skip
TONGUES = (GERMAN, FRENCH, SPANISH, POLISH, TURKISH, ARABIC)

_OTHER_DAYS = """
    domani dopodomani oggi ieri lunedi martedi mercoledi giovedi venerdi sabato domenica amanha hoje ontem
    segunda terca quarta quinta sexta azi maine poimaine ieri luni marti miercuri joi vineri sambata duminica
    завтра сегодня послезавтра вчера понедельник вторник среда среду четверг пятница пятницу суббота субботу воскресенье
    сьогодні понеділок вівторок середа середу четвер пятниця субота неділя утре днес вдругиден понеделник вторник сряда
    четвъртък петък събота неделя berri isniin talaado arbaco khamiis jimco sabti axad فردا امروز دوشنبه شنبه
"""
OTHER_DAYS = frozenset(_OTHER_DAYS.split())
"""Days in languages of which we parse no more. What stands beside them is read by an agent."""


def in_dutch(text: str) -> str:
    """Put the words for days and times of other languages in a text into Dutch.

    Text is lower case, without accents, words parted by one space.
    """
    for tongue in TONGUES:
        if tongue.speaks(text):
            text = f" {' '.join(tongue.in_dutch(text).split())} "
    return text

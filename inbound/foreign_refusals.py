"""Refusals in languages whose messages are not judged by rules of their own.

A longer message in such a language is held because nobody here can read it. A short one, as "no me llamen más", looks
like any other three words, so the usual ways to ask to be left alone stand here. Whoever reads the doubts decides.
"""

# ruff: noqa: RUF001  letters of many alphabets, on purpose

import re
from collections.abc import Sequence

# Words are folded: no accents, no capitals, one letter for two. Stems, since these languages inflect.
_REFUSALS = (
    # Spanish
    r"no (?:me|nos|le) (?:vuelv\w+ a )?(?:lam|escri|contact|mand|envi|molest|busqu|busc|habl|jod)\w*",
    r"(?:deje|dejen|deja|dejad|pare|paren|parad|basta) (?:ya )?de \w+|(?:deja|deje)n?(?:me|nos) en paz",
    r"no (?:quiero|queremos|deseo) (?:mas|recibir|que|sus|estos?|estas?|ningun\w*|nada)",
    r"(?:quit|bor|elimin)\w+ (?:mi|mis|me) ?(?:numero|datos|de)?",
    # Italian
    r"non (?:mi|ci) (?:chiam|scriv|contat|mand|invi|disturb|cerc|telefon|rompe)\w*",
    r"non (?:chiam|scriv|contat|mand|invi|disturb|cerc|telefon)\w*(?:mi|ci)",
    r"(?:smet|basta|finit)\w* (?:di|con|mesag\w*|chiam\w*)|lasci\w*mi in pace",
    r"non (?:voglio|vogliamo|desidero) (?:piu|ricev\w*|altr\w*|esere|mesag\w*)|cancel\w+ (?:il mio|i miei)",
    # Portuguese
    r"nao (?:me|nos) (?:lig|escrev|contact|contat|mand|envi|incomod|chate|telefon)\w*",
    r"(?:pare|parem|deixe|deixem) de \w+|deixem? ?me em paz|nao quero (?:mais|receber|que|saber)",
    # Romanian
    r"nu (?:ma|ne|mi) (?:mai )?(?:sun|scri|contact|deranj|caut)\w*|nu mai (?:vreau|doresc|sun|scri|trimit)\w*",
    r"nu (?:vreau|doresc) (?:mesaj|scrisor|sa|nimic)\w*|(?:opriti|incetati)(?: va| cu)?|lasati ?ma",
    # Bulgarian, Macedonian, Serbian, in their own letters
    r"не (?:ми|ме|ни|мене|мне) (?:се )?(?:звън|пиш|обажд|прат|прак|ќ|јав|звон|зов|шаљ)\w*",
    r"(?:спрете|спри|престан\w*|стига) (?:да|с|са|ве\w*)|не (?:искам|сакам|желая|желим|желам) \w+",
    r"остав(?:ете|и|ите) ме",
    # Bosnian, Croatian, Serbian, Slovene
    r"ne (?:me )?(?:zov|pisit|salj|kontaktir|uznemir|klic|posilj|gnjav|nadleg)\w*",
    r"nemoj(?:te)? (?:me|mi|vise|da)|prestan\w+ (?:me|mi|da|sa|z|s)|(?:ostavi|pusti)(?:te)? me",
    r"ne (?:zelim|zelimo) \w+|nocu vise|necu vise",
    # Czech and Slovak
    r"ne(?:volej|volaj|pist|pisuj|posilej|posielaj|kontaktuj|otravuj|obtezuj|rust)\w*",
    r"nechci (?:dalsi|vase|abyste|zadn\w*|uz)|nechcem (?:uz|dalsie|aby|ziadn\w*)|(?:za)?(?:nechte me|nechajte ma)",
    # Hungarian
    r"ne (?:hiv|irj|kuld|keres|zaklas|zavar|telefonal)\w*|hagyj\w* (?:beken|aba)",
    r"nem (?:kerek|akarok|szeretnek) (?:tob|ilyen|uzenet|level)\w*",
    # Albanian
    r"mos (?:me|na|mi) \w+|nuk dua (?:me|mesazh\w*|te|letra)|ndalo(?:ni)?",
    # Persian and Dari
    r"(?:تماس|زنگ|پیام|نامه) (?:نگیر|نزن|نده|نفرست)\w*|مزاحم نش\w*|نمی ?خواه\w*",
    # Somali and Kurdish
    r"ha (?:i|na) (?:so )?(?:wic|qor|dir)\w*|jo?jiy?a?|(?:telefon|bang)i? min neke\w*",
    # Swedish, Norwegian, Danish
    r"ringa? (?:mig|meg|os) (?:inte|ike|aldrig)|ring ike|(?:inte|ike) ring\w*",
    r"slut(?:a|e)? (?:a |med |at )?(?:ring|skriv|skick|send)\w*",
    r"(?:kontakt|skriv|send|skick)\w* (?:mig|meg|til mig|til meg) (?:inte|ike)",
    # Finnish, Estonian, Lithuanian, Latvian
    r"alka soit\w*|alka lahet\w*|ala soita|ara helista\w*|ara kirjuta\w*",
    r"ne(?:skambin|rasin|siusk)\w*|ne(?:zvan|rakst|sut)\w*",
    # Indonesian and Malay, Vietnamese
    r"jangan (?:hubungi|telepon|telpon|kirim|ganggu)\w*|[dđ]ung (?:goi|nhan|gui)|khong muon (?:nhan|duoc)",
)
_REFUSING = re.compile(rf"(?:^| )(?:{'|'.join(_REFUSALS)})(?= |$)")


def may_refuse(words: Sequence[str]) -> bool:
    """Say whether plain words may ask to be left alone, in a language that is not judged here."""
    return _REFUSING.search(" ".join(words)) is not None

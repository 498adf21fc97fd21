"""An inventory: what people write to be left alone, and what they write when they want something else."""

# ruff: noqa: RUF001, E501  letters of many alphabets, on purpose

import pytest

from inbound.stop_recognition import is_stop

STOPS = [
    "st0p", "stpo", "sotp", "STOP.", '"stop"', "stop!!!111", "stop 1", "STOP 4321", "Stop bericht", "stop berichten",
    "stop met berichten sturen", "stop met sturen", "stop met sms sturen", "stop met mij te bellen",
    "stop met contact", "niet meer contacteren", "niet meer smsen", "niet meer appen", "geen smsjes meer",
    "geen smsjes", "geen sms", "geen berichten", "geen contact", "ik wil dit niet", "ik wil dit niet meer",
    "ik wil geen sms", "ik wil geen sms meer", "ik wil geen sms'jes meer ontvangen",
    "ik wil geen berichten meer ontvangen", "ik wil geen berichten ontvangen", "wil geen berichten meer",
    "Graag geen berichten meer", "hou op", "houd op", "hou op aub", "houd hier mee op", "ophouden", "stop hiermee",
    "kappen", "kap ermee", "kappen nou", "verwijder mij", "verwijder mijn nummer", "verwijder mijn nummer aub",
    "haal mij van de lijst", "haal me van de lijst", "haal mijn nummer eruit", "wis mijn nummer",
    "nummer verwijderen", "uitschrijven graag", "schrijf me uit", "afmelding", "meld me maar af", "ik meld me af",
    "ik wil me uitschrijven", "ik wil mij afmelden", "ik wil stoppen", "ik wil stoppen met deze berichten",
    "stop hier onmiddellijk mee", "stop onmiddellijk", "Stop per direct", "Stop direct", "STOP, dank u", "stop thnx",
    "stop tnx", "stop svp.", "stop a u b", "stop AUB!", "stop alstublieft", "stop asjeblieft", "stop alsublieft",
    "stop alstu", "stop ajb", "stop aub 🙏", "🛑🛑🛑", "⛔", "🚫", "✋🏼 stop", "stop ✋", "⛔ stop", "s t o p", "s_t_o_p",
    "s.t.o.p", "S*T*O*P", "S/T/O/P", "st op", "sto p", "STO P", "ＳＴＯＰ！", "ｓｔｏｐ", "𝐒𝐓𝐎𝐏", "𝕊𝕋𝕆ℙ", "Ⓢⓣⓞⓟ", "🅂🅃🄾🄿",
    "🅢🅣🅞🅟", "🆂🆃🅾🅿", "S\u200bT\u200bO\u200bP", "\u202eSTOP\u202c", "\u2067stop\u2069", "\ufeffstop", "st\xadop",
    "s̶t̶o̶p", "СТОП", "stop stop aub", "stop!!stop!!stop", "stopstop", "stopstopstop", "stopp!!", "stoop", "sstop",
    "STOP2", "stop STOP Stop", "stop it now", "stop this", "please stop this", "pls stop", "plz stop", "stop now",
    "stop please!!!", "stop messages", "stop sms please", "stop all", "stop all messages", "stop sending messages",
    "stop sending me messages", "stop sending me texts", "stop contacting", "stop the messages", "stop msg",
    "no more", "no more sms", "no more messages please", "no sms", "do not text", "do not call", "do not contact",
    "don't call me anymore", "dont text me again", "do not text me again", "do not contact me again",
    "don't message me", "remove my number", "delete my number", "remove me from your list", "remove me from list",
    "take me off your list", "take me off this list", "please remove me", "unsubscribe me", "unsub", "opt me out",
    "optout", "i want to opt out", "leave me be", "fuck off", "go away", "stop harassing me", "Stopp!", "stoppen sie",
    "bitte stoppen", "bitte aufhören", "hören sie bitte auf", "hören sie auf damit", "schluss", "Schluss damit",
    "keine sms", "keine SMS mehr bitte", "keine weiteren Nachrichten", "bitte keine Nachrichten mehr",
    "ich möchte keine Nachrichten mehr", "ich will keine SMS mehr", "nicht mehr schreiben", "nicht mehr anrufen",
    "rufen sie mich nicht mehr an", "ruf mich nicht mehr an", "schreiben sie mir nicht mehr",
    "kontaktieren sie mich nicht mehr", "abmeldung", "austragen", "löschen sie meine nummer", "lass mich in ruhe!",
    "lasst mich in ruhe", "Durdurun lütfen", "lütfen durun", "dur artık", "yeter", "yeter artık",
    "mesaj atmayın artık", "bana mesaj atmayın", "mesaj yollamayın", "mesaj istemiyorum artık",
    "mesaj almak istemiyorum", "beni aramayın", "beni arama", "aramayın beni", "rahatsız etmeyin",
    "beni rahatsız etmeyin", "kapat", "üyelikten çık", "abonelikten çık", "listeden çıkar", "numaramı silin",
    "numaramı sil", "SMS istemiyorum", "RED", "ret", "iptal et", "iptal edin", "çıkış", "proszę nie pisać",
    "proszę przestać pisać", "przestańcie pisać", "nie chcę wiadomości", "nie chcę sms", "nie chcę więcej wiadomości",
    "nie wysyłaj więcej", "proszę nie dzwonić", "nie dzwoń do mnie", "nie dzwońcie do mnie", "nie życzę sobie",
    "nie życzę sobie kontaktu", "proszę usunąć mój numer", "usuń mój numer", "usuńcie mój numer",
    "wypisz mnie z listy", "wypisuję się", "zostawcie mnie w spokoju", "dajcie mi spokój", "daj mi spokój", "dość",
    "stop prosze", "zakończ", "rezygnuję z sms", "odwołuję zgodę", "توقف عن الإرسال", "توقفوا عن إرسال الرسائل",
    "توقف من فضلك", "أوقف الرسائل", "أوقفوا الرسائل", "لا ترسل رسائل", "لا ترسلوا لي رسائل", "لا ترسل لي رسائل",
    "لا أريد رسائل", "لا أريد رسائلكم", "لا اريد هذه الرسائل", "لا تتصل بي مرة أخرى", "لا تتصلوا بي مجددا",
    "لا تراسلوني", "إلغاء الاشتراك", "الغاء", "كفاية", "كفى رسائل", "يكفي", "بس", "احذف رقمي", "احذفوا رقمي", "قف!",
    "قِف", "ستوب!!", "سطوب", "حبس", "stop من فضلك", "stop!؟", "توقف!!!", "اتركوني وشأني", "اتركني",
]  # fmt: skip

# Questions with "stop" in them, benefits to be stopped, appointments to be cancelled; and legal remedies, which have a
# term and are for a person to read.
NOT_STOPS = [
    "Wanneer kan ik stoppen met betalen?", "Ik ben gestopt met werken", "Kan dit stoppen?", "Stopt de regeling?",
    "hoe kan ik stoppen", "mag ik stoppen met mijn bedrijf", "ik wil stoppen met mijn bedrijf",
    "Ik ga stoppen met mijn zaak, moet ik dan aangifte doen?", "de bus stopt hier niet", "geen idee",
    "ik heb geen contact gehad met u", "niet gelukt", "geen berichten gekregen", "ik heb uw berichten niet ontvangen",
    "ik heb geen bericht gehad", "waar kan ik mij afmelden voor de afspraak?", "ik wil mijn afspraak afmelden",
    "kan ik mij afmelden", "ik moet me afmelden voor morgen", "uitschrijven KvK hoe",
    "ik heb me uitgeschreven bij de kvk", "bel me", "bel mij niet vandaag maar morgen",
    "belt u mij niet meer? ik wacht nog", "niet vandaag", "liever niet bellen maar sms", "stuur mij een kaartje",
    "stuur maar een sms", "waarom krijg ik dit?", "wie bent u", "is dit echt", "nee bedankt", "nee", "no",
    "no thanks", "nein danke", "hayır", "nie", "لا", "dur bakalım", "durum nedir", "hoe is het", "end of month",
    "when does it end", "can I cancel my appointment", "cancel appointment",
    "I want to cancel my appointment on Monday", "please call me", "stop by tomorrow?", "can I stop by",
    "I will stop by the office", "where is the bus stop", "non-stop open?", "jullie bellen nonstop", "stopwatch",
    "stopverf", "stopcontact kapot", "pitstop", "is there a stop payment", "payment stop", "betaalstop",
    "kan ik een betaalstop krijgen", "stop loonbeslag aub", "kunt u het loonbeslag stoppen", "stop de invordering",
    "stop de incasso", "stopzetten toeslag", "ik wil mijn toeslag stopzetten", "toeslag stoppen",
    "hoe stop ik mijn zorgtoeslag", "zorgtoeslag stopzetten aub", "wanneer stoppen de toeslagen", "wann hört das auf",
    "ich habe aufgehört zu arbeiten", "wie kann ich das stoppen?", "halten Sie mich auf dem Laufenden",
    "abmelden gewerbe wie", "Gewerbe abmelden", "ne zaman duracak", "durdurabilir miyim", "iptal edebilir miyim",
    "randevu iptal", "randevumu iptal etmek istiyorum", "jak przestać płacić", "czy mogę przestać", "koniec roku",
    "do kiedy koniec", "kiedy koniec", "nie rozumiem", "nie mam", "nie mogę", "nie wiem", "nie pamiętam", "متى تتوقف",
    "هل يمكن إيقاف الدفع", "كيف أوقف الضريبة", "اريد الغاء الموعد", "لا أفهم", "لا شكرا", "نعم", "مرحبا", "وقت",
    "موقف الحافلة", "spot", "top", "stom", "post", "stof", "stoep", "sop", "ok", "oke", "ja graag", "1", "2",
    "06 12345678", "12345678", "stap", "stoppelbaard", "Stoppels BV", "mijn naam is Stop",
    "ik ben mevr. Stoppelenburg", "de stoppen zijn doorgeslagen", "ik ben verhuisd", "overleden",
    "mijn man is overleden", "Ik kan niet meer betalen", "ik wil niet meer betalen", "ik kan niet meer",
    "niet meer nodig", "het hoeft niet meer", "al geregeld", "al gedaan", "ik heb al aangifte gedaan", "laat maar",
    "laat maar zitten", "ik snap het niet", "weg", "op vakantie", "ik woon daar niet meer",
    "dat nummer is niet meer van mij", "verkeerd nummer", "wrong number", "falsche Nummer", "yanlış numara",
    "zły numer", "رقم خاطئ", "geen DigiD", "geen brief gehad", "geen geld", "keine Ahnung", "keine Zeit", "no money",
    "no idea", "don't know", "dont understand", "do not understand", "please stop by my house", "rode hand",
    "ruim op tijd", "👍", "👎", "🙏", "😡", "❌", "?", "...", "bezwaar", "ik maak bezwaar",
    "ik wil bezwaar maken tegen de aanslag", "Widerspruch", "Ich lege Widerspruch ein", "sprzeciw", "wnoszę sprzeciw",
    "itiraz ediyorum", "اعتراض", "i object to the assessment", "✋", "stap voor stap", "kap", "me", "mee", "more",
]  # fmt: skip


def test_the_inventory_is_large_and_no_text_stands_on_both_sides() -> None:
    assert (len(STOPS) >= 150, len(NOT_STOPS) >= 150) == (True, True)
    assert set(STOPS) & set(NOT_STOPS) == set()


@pytest.mark.parametrize("text", STOPS)
def test_this_is_a_stop(text: str) -> None:
    assert is_stop(text)


@pytest.mark.parametrize("text", NOT_STOPS)
def test_this_is_no_stop(text: str) -> None:
    assert not is_stop(text)

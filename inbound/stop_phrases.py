"""Phrases with which people ask us to stop, one kind per line, in the languages of our readers.

`(a|b)` means one of them, `(a|)` one or nothing. Capitals, accents, signs and spaces are ignored. A letter that
people write twice is written once here (`stopen`, `las mich`). Polite words are removed first.
"""

# ruff: noqa: E501  one kind of phrase stands on one line, on purpose

POLITE = """
    aub ajb asjeblieft alsjeblieft alsublieft alstublieft alstu svp graag nu meteen direct onmiddellijk per ermee
    hiermee hier daar maar nou gewoon toch eens echt
    ok oke hallo hoi hi dag groet groeten mvg bvd
    please pls plz now thanks thank you thx thnx tnx just bedankt dank u je wel dankje dankjewel bitte sofort jetzt
    danke lutfen simdi artik prosze teraz juz natychmiast dziekuje من فضلك رجاء لو سمحت الان فورا شكرا пожалуйста
    будь ласка
"""

NEGATIONS = "nee nein no"

SURE = """
    (stop|stopen|stopal|stopit|stopstop|stopstopstop)
    stop (it|this|that|al|alles|hiermee|hier mee|ermee|er mee|mee)
    stop(zetten|)
    stop (de|deze|die|al die|alle|met|met alle|met deze|met die|met jullie|met uw) (sms|smsen|smsjes|bericht|berichten|berichtjes|kaart|kaarten|kaartjes|brieven|post|contact|appen|appjes|bellen|contacteren|dit|sturen) (sturen|)
    stop (sms|smsen|smsjes|bericht|berichten|berichtjes|kaartjes|brieven)
    stop met (mij|me) (te|) (bellen|smsen|appen|benaderen|schrijven|sturen|lastigvallen|contacteren)
    stop met (mij|me|) (sms|smsjes|berichten|berichtjes|kaartjes|brieven) (te|) sturen
    (afmelden|afmelding|uitschrijven|uitschrijving)
    (ik|) (wil|wens) (ik|) (me|mij) (af|uit) (melden|schrijven)
    (ik|) meld (mij|me) (hierbij|) af
    schrijf (mij|me|ons) (hierbij|) uit
    (ik|) (wil|wens) (geen) (sms|smsjes|berichten|berichtjes|kaartjes|post|brieven|contact|telefoontjes) (meer|) (van jullie|van u|) (meer|) (ontvangen|krijgen|hebben|)
    geen (sms|smsjes|berichten|berichtjes|kaartjes|brieven|contact|telefoontjes) meer (sturen|ontvangen|)
    ik wil stopen met (deze|die|) (sms|berichten|kaartjes)
    ik maak bezwar tegen contact
    niet meer (sturen|belen|sms|smsen|appen|contacteren|schrijven|benaderen|lastigvallen)
    (bel|sms|app|schrijf|benader|contacter) (mij|me|ons) niet meer
    stuur (mij|me|) (niks|niets|geen sms|geen berichten|geen kaartjes|geen brieven) meer
    (hou|houd) (er|hier|daar|) (mee|) op
    (hou|houd) (hiermee|ermee|daarmee) op
    kap (er|hier) mee
    (verwijder|wis|schrap) (mij|me|mijn numer|mijn telefonnumer|mijn gegevens|mn numer) (uit|van|) (de|jullie|uw|) (lijst|systeem|bestand|)
    (haal) (mij|me|mijn numer) (van|uit) (de|jullie|uw) (lijst|systeem|bestand)
    haal mijn numer (er|) uit
    (mijn|) numer verwijderen
    laat (me|mij|ons) met rust
    (unsubscribe|unsub|optout) (me|)
    opt (me|) out
    (i|) want to (opt out|unsubscribe)
    stop (the|these|your|those|all|all the|all your|) (sms|text|texts|message|messages|msg|msgs|calls|cards|letters)
    stop (texting|messaging|calling|contacting|sending|writing|bothering|harassing|spamming) (me|us|) (messages|texts|sms|cards|letters|) (anymore|any more|again|)
    (i|) (do not|dont) want (any|any more|more|these|your|) (texts|messages|sms|calls|contact|letters|cards) (anymore|any more|)
    no more (sms|texts|messages|calls|contact|cards|letters)
    (do not|dont|never) (text|call|contact|message|msg|sms|write|write to|bother|disturb) (me|us) (again|anymore|any more|ever again|)
    (remove|delete) (me|my number|my data) (from|) (your|this|the|) (list|system|database|)
    take (me|my number) of (your|this|the|) (list|)
    leave (me|us) (alone|be|in peace)
    (stop|stopen sie|bite stopen|stopen sie das)
    (aufhoren|aufhoeren)
    (hor|hort|horen sie|hoer|hoeren sie) (damit|bite|) auf (damit|)
    schlus (damit)
    (abmelden|abmeldung|abbestelen|austragen)
    (ich|) (mochte|moechte|wil) mich abmelden
    keine (weiteren|) (sms|nachrichten|anrufe|karten|briefe|post) mehr (senden|schicken|)
    keine weiteren (sms|nachrichten|anrufe|karten|briefe)
    (ich|) (mochte|moechte|wil|wunsche) (keine|keinen) (weiteren|) (sms|nachrichten|anrufe|kontakt|briefe|post) (mehr|) (erhalten|bekomen|haben|)
    nicht mehr (schreiben|anrufen|kontaktieren)
    (rufen|schreiben|kontaktieren) sie (mich|mir) nicht mehr (an|)
    (ruf|schreib|kontaktiere) (mich|mir) nicht mehr (an|)
    (loschen sie|loesche|losche|loscht) (meine nummer|meine daten|mich)
    (las|last|lasen sie) mich in (ruhe|frieden)
    (durdur|durdurun|durdurunuz)
    (bana|) (artik|) (mesaj|sms) (atma|atmayin|gonderme|gondermeyin|gondermeyiniz|yolama|yolamayin|yazma|yazmayin) (artik|)
    (mesaj|sms|arama|kart|mektup) (almak|) istemiyorum (artik|)
    (beni|) (aramayin|aramayiniz)
    (beni arama|aramayin beni|arama beni)
    (beni|) rahatsiz (etme|etmeyin|etmeyiniz)
    beni rahat birak(in|)
    (beni|) (uyelikten|abonelikten|listeden) (cik|cikar|cikarin|cikart|cikmak istiyorum|silin)
    numarami (sil|silin|siliniz)
    (przestan|przestac|przestancie|zatrzymaj|zatrzymajcie) (pisac|dzwonic|wysylac|) (do mnie|)
    nie (pisz|piszcie|pisac|dzwon|dzwoncie|dzwonic|wysylaj|wysylajcie|wysylac|kontaktuj sie|kontaktujcie sie|kontaktowac sie) (do mnie|ze mna|mi|) (wiecej|wiadomosci|sms|smsow|)
    nie (chce|zycze sobie) (wiecej|zadnych|tych|) (wiadomosci|sms|smsow|smsy|kontaktu|telefonow)
    (wypisz|wypiszcie|wypisac|usun|usuncie|usunac) mnie (z listy|z bazy|)
    wypisuje sie
    (usun|usuncie|usunac) moj numer (z listy|z bazy|)
    (zostaw|zostawcie) mnie (w spokoju|)
    (daj|dajcie) mi (swiety|) spokoj
    rezygnuje (z sms|z smsow|z wiadomosci|)
    (odwoluje|cofam|wycofuje) zgode
    (توقف|توقفوا|اوقف|اوقفوا|ايقاف|وقف|قف|ستوب|سطوب) (عن|من|) (ارسال|الارسال|مراسلتي|الاتصال|) (هذه|) (الرسائل|بي|لي|)
    (كفي|كفايه) رسائل
    كفي
    الغاء (الاشتراك|الرسائل)
    لا (تتصل|تتصلوا) بي (مره اخري|مجددا|بعد الان|ابدا|)
    لا (تراسلني|تراسلوني) (مره اخري|مجددا|بعد الان|ابدا|)
    لا (ترسل|ترسلوا) (لي|) (اي|) (رسائل|الرسائل|) (مره اخري|مجددا|بعد الان|)
    لا اريد (هذه|اي|المزيد من|مزيدا من|استقبال|) (رسائل|الرسائل|رسائلكم)
    (احذف|احذفوا|امسح|امسحوا) (رقمي|اسمي)
    (اتركني|اتركوني) (وشاني|وشأني|بسلام|)
    стоп
    (отписаться|відписатися|отпишите меня)
    не (пишите|звоните|пишіть|дзвоніть) (мне|мені|) (больше|більше|)
"""

# A stop only when the whole message says so: within a longer one they are ordinary words, or an answer to something.
ALONE = """
    (stpo|sotp|tsop|dtop|srop|syop|stopo|stopm|stp|stahp)
    (end|quit|cancel|revoke|halt|einde)
    (ophouden|kapen|kapen nou|afgelopen)
    geen (sms|smsjes|berichten|berichtjes|kaartjes|brieven|contact)
    (bel|sms|app|stuur) (mij|me|) niet
    ik wil dit niet (meer|)
    ik wil stopen
    no more
    no (sms|texts|messages|calls)
    (do not|dont) (text|call|contact|message)
    (go away|fuck of)
    schlus
    keine (sms|nachrichten)
    (dur|durun|yeter|iptal|iptal et|iptal edin|ret|red|kapat|cikis|istemiyorum)
    (koniec|dosc|stoj|zakoncz|nie chce|nie zycze sobie)
    (الغاء|خلاص|كفايه|يكفي|بس|حبس|صافي|لا اريد)
"""

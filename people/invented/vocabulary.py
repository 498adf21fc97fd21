"""Vocabulary of the invented population, with names by origin, streets, and towns with postcodes."""

# ruff: noqa: RUF001  Turkish has a letter i without a dot, and so have its names

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Names that go together.

    Attributes:
        share: How many of a hundred households.
        languages: What they speak, drawn evenly; empty where the source does not know.
        women: Given names.
        men: Given names.
        families: Family names; the part before a bar is the prefix.
    """

    share: int
    languages: tuple[str, ...]
    women: tuple[str, ...]
    men: tuple[str, ...]
    families: tuple[str, ...]


def _words(text: str) -> tuple[str, ...]:
    return tuple(word.replace("_", " ") for word in text.split())


ORIGINS = (
    Origin(
        share=70,
        languages=(*("nl",) * 11, ""),
        women=_words(
            "Anna Sanne Noor Roos Fleur Lotte Zoë Chloë Renée Anneke Marijke Hendrika Johanna Elise Willemijn Femke"
            " Tjitske Sjoukje Liselotte Annemarie Maaike Margriet Truus Wil Petronella Geertruida Carolien Esmée Iris"
        ),
        men=_words(
            "Daan Bram Teun Joost Lars Piet Jan-Willem Dirk-Willem Hendrik Cornelis Johannes Sjoerd Wiebe Noël Joël"
            " René André Thijs Ruben Gijs Xander Ferdinand Theodorus Quirijn Maarten Wout Koen Bauke Gerrit Huib"
        ),
        families=_words(
            "de|Vries van_der|Berg van|Dijk Jansen Bakker Visser Smit Meijer de|Boer Mulder de|Groot Bos Vos Peters"
            " Hendriks van|Leeuwen Dekker Brouwer de|Wit Dijkstra Smits de|Graaf van_der|Meer van_der|Linden Kok Jacobs"
            " de|Haan Vermeulen van_den|Heuvel van_der|Veen van_den|Broek de|Bruijn de|Bruin van_der|Heijden Schouten"
            " Hoekstra Koster Prins Kuipers van_'t|Hof in_'t|Veld in_het|Veld van_de|Ven van_der|Wal ten|Have ter|Horst"
            " op_de|Laak uit_den|Bogaard van|Oranjewoud 't|Hart Groenlo van|Velzen Puffelen van|Wijngaarden-de_Ruyter"
            " Böhmer Schröder Coëlho Oud Haïtsma Reünis van|Oeveren Zeeuw Terlouw Wolfswinkel"
        ),
    ),
    Origin(
        share=7,
        languages=("tr", "tr", "nl"),
        women=_words("Fatma Ayşe Emine Elif Zeynep Gülsüm Şule Büşra Hatice Özlem Çiğdem Dilara"),
        men=_words("Mehmet Mustafa Ümit Cem Ömer İbrahim Çağlar Emre Şükrü Yusuf Hüseyin Kadir"),
        families=_words(
            "Yıldız Öztürk Yılmaz Kaya Demir Şahin Çelik Aydın Koç Arslan Doğan Kılıç Güneş Erdoğan"
        ),
    ),
    Origin(
        share=7,
        languages=("ar", "nl", "nl", ""),
        women=_words("Fatima Khadija Naima Samira Yasmina Hafida Soumaya Ikram Nour Zahra Malika"),
        men=_words(
            "Mohamed Youssef Rachid Abdelkader Hamza Saïd Brahim Ismaïl Noureddine Ilias Tarik"
        ),
        families=_words(
            "el|Idrissi El_Amrani Ben_Ali Benali el|Yaakoubi Bouzidi Aït_Haddou Ouali Chaoui Tahiri Amghar ben|Saïd"
        ),
    ),
    Origin(
        share=5,
        languages=("nl",),
        women=_words(
            "Shanti Sunita Merlien Gwendolyn Chandra Jennifer Xaviera Ilse Anushka Roline"
        ),
        men=_words("Winston Ramon Anil Humphrey Orlando Soeresh Clyde Ruben Iwan Dennis"),
        families=_words(
            "Ramdin Jhinkoe Kromosoeto Brandon Soekhoe Bhagwandin Amatdasim Pinas Wijngaarde Sewbaransingh Tjon_A_Tham"
        ),
    ),
    Origin(
        share=5,
        languages=("pl", "pl", "en"),
        women=_words("Małgorzata Agnieszka Katarzyna Zofia Ewa Joanna Grażyna Elżbieta Beata"),
        men=_words("Łukasz Paweł Krzysztof Wojciech Michał Andrzej Zbigniew Piotr Stanisław"),
        families=_words(
            "Kowalska Wiśniewski Wójcik Kamińska Łukasiewicz Zieliński Szymańska Dąbrowski Kozłowska Jabłoński"
        ),
    ),
    Origin(
        share=6,
        languages=("en", "ar", "uk", "nl", ""),
        women=_words(
            "Olena Oksana Nguyễn_Thị_Hoa Rahel Amina María Inês Chiamaka Xiu Dragana Hanna"
        ),
        men=_words("Andriy Ahmad Tesfay Minh José João Kwame Oleksandr Bilal Miloš Abdi"),
        families=_words(
            "Shevchenko Nguyễn Tesfamariam Al_Hassan da|Silva García Okafor Wang Petrović Haile Mensah von|Schäfer"
        ),
    ),
)

STREETS = _words(
    "Dorpsstraat Kerkstraat Molenweg Gasthuisstraat Lange_Nieuwstraat Sint_Jansbeek De_Ruyterkade"
    " Laan_van_Nieuw-Oosteinde  Plein_'44 1e_Helmersstraat 2e_Jan_Steenstraat Burg._van_Haaftenstraat"
    " Prins_Bernhardlaan Wilhelminastraat Beatrixlaan  Anjerstraat Tulpenhof Rozengaarde Eikenlaan Beukenlaan"
    " Kastanjehof Lindenlaan Iepenstraat Populierenweg Vogelenzang  Merelstraat Lijsterbeslaan Zwaluwstraat"
    " Havenkade Scheepmakersdijk Touwslagersgang Visserspad Sluisweg Polderdijk  Industrieweg Spoorstraat"
    " Stationsplein Marktstraat Korte_Achterom Achter_de_Hoven Op_'t_Zand Aan_de_Wal  Coöperatiestraat"
    " Atatürkstraat Nelson_Mandelapark Hermelijnvlinderveld Rembrandtstraat Vondelkade Huygensweg  Thorbeckelaan"
    " Tsjaikovskistraat Mozartlaan Zuiderzeestraat IJsselkade Waalstraat Maasboulevard Rijnlaan Vechtoever"
    " Heideweg Zandpad Hoge_Esch Lage_Veldweg Noorderbrink Zuidereinde Westerkade Oosterdwarsstraat"
    " Generaal_van_den_Boschlaan Jhr._Mr._Dr._J.H.O._van_den_Boschstraat Burgemeester_van_Zuijlen_van_Nijeveltlaan"
    " Pôlle Skûtsjewei"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Town:
    """A town with the range of its postcode digits and its area code."""

    name: str
    first: int
    last: int
    area: str
    weight: int


def _town(text: str) -> Town:
    name, first, last, area, weight = text.rsplit(maxsplit=4)
    return Town(name=name, first=int(first), last=int(last), area=area, weight=int(weight))


TOWNS = tuple(
    _town(line.strip())
    for line in """
    Amsterdam 1011 1109 020 18
    Rotterdam 3011 3089 010 14
    's-Gravenhage 2491 2597 070 12
    Utrecht 3511 3585 030 8
    Eindhoven 5611 5658 040 5
    Groningen 9711 9747 050 5
    Tilburg 5011 5049 013 4
    Almere 1311 1363 036 4
    Breda 4811 4839 076 4
    Nijmegen 6511 6546 024 4
    Apeldoorn 7311 7339 055 3
    Haarlem 2011 2037 023 3
    Arnhem 6811 6846 026 3
    Enschede 7511 7548 053 3
    Amersfoort 3811 3829 033 3
    's-Hertogenbosch 5211 5237 073 3
    Zwolle 8011 8045 038 2
    Leeuwarden 8911 8941 058 2
    Maastricht 6211 6229 043 2
    Dordrecht 3311 3329 078 2
    Zoetermeer 2711 2729 079 2
    Heerlen 6411 6422 045 2
    Delft 2611 2629 015 2
    Hilversum 1211 1223 035 1
    Alkmaar 1811 1827 072 1
    Venlo 5911 5928 077 1
    Roosendaal 4701 4709 0165 1
    Emmen 7811 7828 0591 1
    Hoogeveen 7901 7909 0528 1
    Sneek 8601 8608 0515 1
    Middelburg 4331 4338 0118 1
    Oss 5341 5349 0412 1
    Capelle aan den IJssel 2901 2909 010 1
    Berkel en Rodenrijs 2651 2652 010 1
    Gasselternijveenschemond 9515 9515 0599 1
    Westerhaar-Vriezenveensewijk 7676 7676 0546 1
    """.strip().splitlines()
)

POSTCODE_LETTERS = "ABCDEGHJKLMNPRSTVWXZ"
ADDITIONS = ("hs", "II", "III", "bis", "2", "1", "A1", "boven", "rood", "bij")
CARE = ("BEZWAAR", "BETALINGSREGELING", "STELLA", "WSNP")
JUNK_NUMBERS = (
    "0612",
    "geen",
    "onbekend",
    "06 12 34",
    "0800-1234567",
    "112",
    "zie dossier",
    "06-1234567",
    "nvt",
)

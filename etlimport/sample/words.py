"""The parts from which the names of invented regions, clubs and people are made."""

from itertools import product
from random import Random

REGIONS = ("Keystone", "Palisade", "Summit", "Lowland", "Harbor", "Prairieland", "Highmoor", "Cascade")
PLACE_HEADS = (
    *("Alder", "Amber", "Ash", "Bark", "Beck", "Bell", "Bram", "Brim", "Cald", "Clover", "Cran", "Dun"),
    *("Elder", "Fern", "Flint", "Gar", "Green", "Hart", "Hazel", "Hollin", "Kings", "Lark", "Lind", "Marl"),
    *("Mill", "Nettle", "Oak", "Orr", "Peb", "Quill", "Raven", "Rook", "Sedge", "Shel", "Thorn", "Wren"),
)
PLACE_TAILS = (
    *("acre", "bury", "by", "combe", "croft", "dale", "den", "field", "ford", "gate", "ham", "hollow"),
    *("holme", "hurst", "ley", "mere", "mont", "ness", "stead", "thorpe", "ton", "well", "wick", "worth"),
)
CLUB_KINDS = ("", "", "", "", " CC", " PD", " Park", " Golf Club", " Racquet Club", " & Fitness")
INDOOR_PARTS = ("East", "West", "Riverside", "Uptown")

NICKNAMES = {
    "Robert": "Bob",
    "William": "Bill",
    "Richard": "Dick",
    "James": "Jim",
    "Michael": "Mike",
    "Thomas": "Tom",
    "Edward": "Ted",
    "Charles": "Chuck",
    "Joseph": "Joe",
    "Daniel": "Dan",
    "Elizabeth": "Betsy",
    "Margaret": "Peggy",
    "Katherine": "Kate",
    "Patricia": "Patty",
    "Susan": "Sue",
    "Deborah": "Debbie",
    "Jennifer": "Jen",
    "Rebecca": "Becky",
    "Victoria": "Vicky",
}
GIVEN = (
    *NICKNAMES,
    *("Aldo", "Ardis", "Bastian", "Beryl", "Brenna", "Calla", "Corin", "Dagny", "Delphine", "Edric"),
    *("Elowen", "Fabian", "Fenna", "Gareth", "Gilda", "Hadley", "Hester", "Idris", "Imogen", "Jarek"),
    *("Juniper", "Kasimir", "Keziah", "Leopold", "Linnea", "Maeve", "Marius", "Nadine", "Nils", "Odette"),
    *("Orson", "Petra", "Quentin", "Ramona", "Rufus", "Saskia", "Silas", "Tamsin", "Tobias", "Una"),
    *("Vaughn", "Verity", "Wilhelm", "Willa", "Xenia", "Yorick", "Yvette", "Zelda", "T.J.", "Anne-Lise"),
)
MIDDLE = ("Ann", "Beth", "Jo", "Lee", "Mae")
SURNAME_HEADS = (
    *("Bal", "Bar", "Bren", "Cal", "Car", "Col", "Dal", "Dor", "Ed", "Fal", "Fen", "Gal", "Gor", "Hal"),
    *("Har", "Is", "Jor", "Kel", "Kor", "Lan", "Lor", "Mac", "Mar", "Mor", "Nel", "Nor", "Os", "Pel"),
    *("Por", "Quin", "Ral", "Ros", "Sal", "Sten", "Tal", "Tor", "Ul", "Van", "Ver", "Wal", "Wes", "Zan"),
)
SURNAME_MIDDLES = (
    *("a", "be", "ca", "da", "de", "en", "er", "fi", "ga", "go", "i", "ki", "la", "le", "li", "ma"),
    *("mo", "ne", "ni", "o", "pi", "ra", "ri", "ro", "sa", "si", "ta", "ti", "ve", "vi", "wa", "zi"),
)
SURNAME_TAILS = (
    *("bach", "bell", "berg", "brook", "dell", "dorf", "gan", "gren", "hart", "kamp", "ker", "land"),
    *("low", "man", "mont", "nell", "nik", "quist", "rin", "ron", "sen", "shaw", "sky", "son"),
    *("stad", "strom", "tano", "ter", "thal", "tov", "vane", "vard", "vell", "vitz", "wald", "zano"),
)
CLUB_TAGS = ("HRC", "MPC", "NORTH", "TEMP")


def club_names(random: Random, count: int) -> list[str]:
    """At most 800 clubs. Each is at another place, so that no club's name begins with the name of another."""
    places = [head + tail for head, tail in product(PLACE_HEADS, PLACE_TAILS)]
    return [place + random.choice(CLUB_KINDS) for place in random.sample(places, min(count, 800))]


def surname(random: Random) -> str:
    return random.choice(SURNAME_HEADS) + random.choice(SURNAME_MIDDLES) + random.choice(SURNAME_TAILS)

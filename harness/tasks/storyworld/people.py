"""Names of people and towns, and who is what to whom. All are common names; no real person is meant."""

from harness.tasks.storyworld.grammar import words

WOMEN = words("""
    Anna Clara Nora Ruth Marta Elena Sofia Lucia Ines Hana Mei Priya Amara Zoe Leila Freya Greta Ida
    Olga Vera Tessa Rosa Maya Naomi Esther Willa Agnes Beatrice Carmen Dora Edith Fatima Helen Ingrid
    Judith Katya Lena Mona Nadia Paula
    """)
MEN = words("""
    Tom Samuel Peter Ivan Marco Luis Omar Kofi Jonas Henrik Felix Oscar Leo Hugo Emil Pavel Rafael Diego
    Kenji Arjun Tariq Dmitri Simon Martin Walter Albert George Noah Elias Caleb Owen Rory Finn Colin
    Dennis Edgar Amos Boris Conrad Gustav
    """)
SURNAMES = words("""
    Kessler Okafor Lindqvist Moreno Tanaka Novak Haddad Ferreira Brandt Osei Castellan Whitlock Drummond
    Petrov Larsen Mancini Abbott Sandoval Keller Ibrahim Fontaine Hargrove Nakamura Vance Delgado Ostrow
    Pemberton Quinlan Rosen Sato Thackeray Ulrich Varga Winslow Yilmaz Zielinski Ashworth Barlow Crane
    Dupont
    """)
TOWNS = ("Harbor City", "Millbrook", "Ashford", "Red Hollow", "Stonebridge", "Lakeview", "Northfield",
         "Port Elden", "Willow Creek", "Fairmont", "Oak Ridge", "Granton", "Silver Bay", "Westbury",
         "Cedar Falls", "Highmoor", "Brookhaven", "Pine Valley", "Marston", "Eastgate", "Thornton",
         "Clearwater", "Hazelton", "Rivermouth")
RELATIONS = {"woman": ("sister", "mother", "aunt", "friend", "cousin", "neighbor", "grandmother", "niece"),
             "man": ("brother", "father", "uncle", "friend", "cousin", "neighbor", "grandfather", "nephew")}
PRONOUNS = {"woman": {"he": "she", "him": "her", "his": "her", "himself": "herself"},
            "man": {"he": "he", "him": "him", "his": "his", "himself": "himself"}}

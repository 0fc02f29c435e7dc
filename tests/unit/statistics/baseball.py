"""Home and away wins of the American League's East, 1987 (Agresti, Categorical Data Analysis)."""

import numpy as np

_GAMES = """
MIL DET 4 3|MIL TOR 4 2|MIL NY 4 3|MIL BOS 6 1|MIL CLE 4 2|MIL BAL 6 0|DET MIL 3 3|DET TOR 4 2|DET NY 4 3
DET BOS 6 0|DET CLE 6 1|DET BAL 4 3|TOR MIL 2 5|TOR DET 4 3|TOR NY 2 4|TOR BOS 4 3|TOR CLE 4 2|TOR BAL 6 0
NY MIL 3 3|NY DET 5 1|NY TOR 2 5|NY BOS 4 3|NY CLE 4 2|NY BAL 6 1|BOS MIL 5 1|BOS DET 2 5|BOS TOR 3 3
BOS NY 4 2|BOS CLE 5 2|BOS BAL 6 0|CLE MIL 2 5|CLE DET 3 3|CLE TOR 3 4|CLE NY 4 3|CLE BOS 4 2|CLE BAL 2 4
BAL MIL 2 5|BAL DET 1 5|BAL TOR 1 6|BAL NY 2 4|BAL BOS 1 6|BAL CLE 3 4
"""


def baseball() -> tuple[list[str], list[str], np.ndarray]:
    """(home, away, 1 where home won) for each game."""
    home_teams, away_teams, outcomes = [], [], []
    for row in _GAMES.replace("\n", "|").strip("|").split("|"):
        home, away, won, lost = row.split()
        games = int(won) + int(lost)
        home_teams += [home] * games
        away_teams += [away] * games
        outcomes += [1.0] * int(won) + [0.0] * int(lost)
    return home_teams, away_teams, np.array(outcomes)

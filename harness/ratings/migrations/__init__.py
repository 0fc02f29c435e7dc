"""How the tables of an older rating store are brought up to date."""

"""A few hundred characters of YAML that are three thousand million values with their aliases written out."""

_LEVELS, _WIDTH = 9, 10


def alias_bomb(form: str) -> str:
    """A flow mapping. form: `list` for lists of aliases, `merge` for merge keys, which YAML's own reader expands."""
    parts = ["x0: &x0 [" + ", ".join(["1"] * _WIDTH) + "]" if form == "list" else "x0: &x0 {a: 1}"]
    for level in range(1, _LEVELS + 1):
        aliases = ", ".join([f"*x{level - 1}"] * _WIDTH)
        parts.append(f"x{level}: &x{level} " + (f"[{aliases}]" if form == "list" else f"{{<<: [{aliases}]}}"))
    return "{" + ", ".join(parts) + "}"

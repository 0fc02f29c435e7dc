"""Reads people's results of version 0.1, which rating stores still hold, as those of this version.

They have no `version`; `p_non_inferior` in them is `p_a_not_better` of today.
"""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]

_RENAMED = {"p_non_inferior": "p_a_not_better", "handle": "rater", "judged": "n_judgments", "gold_checks": "n_gold",
            "repeat_checks": "n_repeats"}
_REWORDED = ("sentence", "why", "excluded", "plan")
"""Keys that are not compared: the rules' words differ, and the seal covers the plan."""
_NOT_KEPT: Json = {"standard_error": None, "degrees_of_freedom": 0, "fewer_clusters": 0, "method": "not recorded",
                   "bootstrap": None}
"""Of a win rate. No table shows them."""
_UNDEFINED: Json = {
    "agreement": {"raw": None, "krippendorff_alpha": None, "alpha_low": None, "alpha_high": None, "ac1": None,
                  "n_items": 0},
    "position": {"left_rate": None, "n_decisive": 0, "p_value": None, "by_arm": [], "by_rater": []}}
"""What stood there as `why_undefined` alone, where there were no judgments."""


def upgraded(document: Json) -> Json:
    """Results of people as the present version writes them. What the first version did not keep is null."""
    if "version" in document:
        return document
    confidence = document["plan"]["confidence"]
    return {
        **document, "version": 2,
        "comparisons": [{**_NOT_KEPT, "confidence": confidence, **row,
                         "equivalence": _equivalence({**row, **row["equivalence"]}, confidence)}
                        for row in document["comparisons"]],
        "win_rates": [{**_NOT_KEPT, "confidence": confidence, **row} for row in document["win_rates"]],
        "equivalence": [_equivalence(row, confidence) for row in document["equivalence"]],
        "quality": [{"tie_rate": None, "agreement": None, **_renamed(row)} for row in document["quality"]],
        "dose_response": {name: {**dict(zip(("arm", "baseline"), name.split(" vs ", 1), strict=True)), **curve}
                          for name, curve in document["dose_response"].items()},
        **{name: {**undefined, **document[name]} for name, undefined in _UNDEFINED.items()}}


def reproduced_by(filed: Any, document: Any) -> bool:
    """Whether results of today say all that a report of the first version says."""
    if not isinstance(filed, dict) or set(filed) != set(document) - {"version"}:
        return False
    return _holds(filed, document)


def _equivalence(row: Json, confidence: float) -> Json:
    return {"alpha": 1 - confidence, "p_a_not_worse": None, "lower_bound": None, "upper_bound": None, **_renamed(row)}


def _renamed(row: Json) -> Json:
    return {_RENAMED.get(name, name): value for name, value in row.items()}


def _holds(said: Any, document: Any) -> bool:
    if isinstance(said, dict):
        compared = {name: value for name, value in said.items() if name not in _REWORDED}
        return isinstance(document, dict) and all(
            _holds(value, document.get(_RENAMED.get(name, name))) for name, value in compared.items())
    if isinstance(said, list):
        return isinstance(document, list) and len(said) == len(document) and all(
            _holds(*both) for both in zip(said, document, strict=True))
    return bool(said == document)

"""Reads people's results of former versions, which rating stores still hold, as those of this version.

The first has no `version`; `p_non_inferior` in it is `p_a_not_better` of today. Until the second, intervals and tests
were about the policies that had been trained, not about another run too.
"""

from __future__ import annotations

import math
from dataclasses import fields
from typing import Any

from harness.results.records import VERSION
from harness.statistics.equivalence import Equivalence

Json = dict[str, Any]

_RENAMED = {"p_non_inferior": "p_a_not_better", "handle": "rater", "judged": "n_judgments", "gold_checks": "n_gold",
            "repeat_checks": "n_repeats"}
_REWORDED = ("sentence", "why", "excluded", "plan")
"""Keys that are not compared: the rules' words differ, and the seal covers the plan."""
_LAST_BITS = 1e-9
"""By so much the same figure may differ on another processor or with another version of a library."""
_TEST = tuple(part.name for part in fields(Equivalence))
_BY_RUNS = ("sensitivity",)
"""Sections that had each pair of runs apart, and have them together today; these are not compared."""
_ABOUT_RUNS = ("win_rates", "equivalence", "dose_response")
"""Sections whose intervals and tests were about the trained policies alone; those are not compared with today's."""
_OF_RUNS = ("ci_low", "ci_high", "p_value", "p_value_holm", "p_value_gatekept", "p_value_explored", "standard_error",
            "degrees_of_freedom", "fewer_clusters", "method", "notes", "why_undefined", "was_enough", "slope",
            "curvature", "slope_over_runs", "saturating", "p_non_inferior",
            *(name for name in _TEST if name not in ("margin", "alpha", "win_rate")))
_NOT_KEPT: Json = {"standard_error": None, "degrees_of_freedom": 0, "fewer_clusters": 0, "method": "not recorded",
                   "bootstrap": None}
"""Of a win rate. No table shows them."""
_UNDEFINED: Json = {
    "agreement": {"raw": None, "krippendorff_alpha": None, "alpha_low": None, "alpha_high": None, "ac1": None,
                  "n_items": 0},
    "position": {"left_rate": None, "n_decisive": 0, "p_value": None, "by_arm": [], "by_rater": []}}
"""What stood there as `why_undefined` alone, where there were no judgments."""


def upgraded(document: Json) -> Json:
    """Results of people as the present version writes them. What a former version did not keep is null."""
    if document.get("version") == VERSION:
        return document
    return _third(document if "version" in document else _second(document))


def reproduced_by(filed: Any, document: Any) -> bool:
    """Whether results of today say all that a filed report says; of a former version but for what it said of runs."""
    if not isinstance(filed, dict) or set(filed) - {"version"} != set(document) - {"version"}:
        return False
    if filed.get("version") == VERSION:
        return _holds(filed, document, ())
    return all(_holds(value, document[name], _REWORDED + (_OF_RUNS if name in _ABOUT_RUNS else ()))
               for name, value in filed.items() if name not in ("version", *_REWORDED, *_BY_RUNS))


def _second(document: Json) -> Json:
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


def _third(document: Json) -> Json:
    return {
        **document, "version": VERSION,
        "win_rates": [{**_of_these_runs(row), "n_runs": len(row["by_seed"])} for row in document["win_rates"]],
        "dose_response": {name: {**curve, **{fit: _of_these_runs(curve[fit]) for fit in ("slope", "curvature")},
                                 "slope_over_runs": {**curve["slope_over_runs"], "scope": "procedure",
                                                     "these_runs": None}}
                          for name, curve in document["dose_response"].items()},
        "equivalence": [_about_these_runs(row) for row in document["equivalence"]]}


def _of_these_runs(row: Json) -> Json:
    return {**row, "scope": "these policies",
            "these_runs": {name: row[name] for name in ("ci_low", "ci_high", "p_value")}}


def _about_these_runs(row: Json) -> Json:
    """Nothing was said of other runs, so nothing is decided about them."""
    test = {name: row[name] for name in _TEST}
    rest = {name: value for name, value in row.items() if name != "was_enough"}
    why = "about these policies only: analysed by a former version"
    return {**rest, "finding": "not decided", "why_not_decided": why,
            "n_runs": len(row["by_seed"]), "spread": None, "more_runs": None, "these_runs": test}


def _equivalence(row: Json, confidence: float) -> Json:
    return {"alpha": 1 - confidence, "p_a_not_worse": None, "lower_bound": None, "upper_bound": None, **_renamed(row)}


def _renamed(row: Json) -> Json:
    return {_RENAMED.get(name, name): value for name, value in row.items()}


def _holds(said: Any, document: Any, left_out: tuple[str, ...]) -> bool:
    """Whether a document says the same under the same keys, but for those that are left out."""
    if isinstance(said, dict):
        return isinstance(document, dict) and all(
            _holds(value, document.get(_RENAMED.get(name, name)), left_out)
            for name, value in said.items() if name not in left_out)
    if isinstance(said, list):
        return isinstance(document, list) and len(said) == len(document) and all(
            _holds(*both, left_out) for both in zip(said, document, strict=True))
    if isinstance(said, float) and isinstance(document, float):
        return math.isclose(said, document, rel_tol=_LAST_BITS, abs_tol=_LAST_BITS)
    return bool(said == document)

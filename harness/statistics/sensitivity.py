"""The same comparison by other models, to see whether the answer depends on how clustering was treated."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from harness.statistics.clustered import FloatArray, IntArray, encode
from harness.statistics.win_rate import Labels

LARGEST = 2000
"""Above so many judgments the mixed model takes minutes; the two-way interval needs it least there."""

RATERS_INDEPENDENT = ("GEE clusters in one way only and takes a rater's judgments as independent: where raters differ "
                      "its interval is too narrow, and the two-way interval is the one to trust.")

LARGEST_OF_ALL = 100_000
"""Above so many the other models take longer than all else that is computed."""


@dataclass(frozen=True)
class Sensitivity:
    """One model's answer, on the scale of its estimand.

    model: how it was computed. estimand: what it estimates, such as 'win rate' or 'log odds of the left side'.
    estimate, ci_low, ci_high: the answer with its interval. why_undefined: why there is no answer.
    """

    model: str
    estimand: str
    estimate: float | None
    ci_low: float | None
    ci_high: float | None
    why_undefined: str | None


def sensitivity(outcomes: FloatArray, *, items: Labels, raters: Labels, a_was_left: FloatArray,
                queries: Labels | None = None, confidence: float = 0.95) -> list[Sensitivity]:
    """GEE, a crossed mixed model and conditional logit for n judgments of A against B.

    outcomes: (n,) 1, ½, 0. a_was_left: (n,) 1 where A stood on the left, else 0. queries: (n,) where several
    items share one: GEE's clusters; the other models are of items.
    """
    scores = np.asarray(outcomes, dtype=np.float64)
    item = encode(items)[0]
    cluster = item if queries is None else encode(queries)[0]
    votes = _Votes(scores, item, encode(raters)[0], np.asarray(a_was_left, dtype=np.float64), cluster)
    found = []
    for name, estimand, fit in _MODELS:
        model = f"{name}, clustered by query" if fit is _gee and queries is not None else name
        largest = LARGEST if fit is _crossed_mixed else LARGEST_OF_ALL
        if len(scores) > largest:
            why = f"more than {largest:,} judgments: it would take too long"
            found.append(Sensitivity(model, estimand, None, None, None, why))
        else:
            found.append(_fitted(model, estimand, fit, votes, confidence))
    return found


def gee_within_items(outcomes: FloatArray, *, items: Labels, confidence: float = 0.95) -> Sensitivity:
    """The first of the models alone: all that one judge's outcomes allow."""
    scores = np.asarray(outcomes, dtype=np.float64)
    nothing = np.zeros(len(scores))
    model, estimand, fit = _MODELS[0]
    item = encode(items)[0]
    votes = _Votes(scores, item, nothing.astype(np.int64), nothing, item)
    return _fitted(model, estimand, fit, votes, confidence)


@dataclass(frozen=True)
class _Votes:
    """(n,) each: outcomes of A, codes of items, raters and clusters, 1 where A stood on the left."""

    scores: FloatArray
    item: IntArray
    rater: IntArray
    side: FloatArray
    cluster: IntArray

    def decisive(self) -> _Votes:
        kept = self.scores != 0.5
        return _Votes(self.scores[kept], self.item[kept], self.rater[kept], self.side[kept],
                      self.cluster[kept])


_Fit = Callable[[_Votes, float], tuple[float, float, float]]


def _fitted(model: str, estimand: str, fit: _Fit, votes: _Votes, confidence: float) -> Sensitivity:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            estimate, low, high = fit(votes, confidence)
    except (ValueError, np.linalg.LinAlgError, ZeroDivisionError) as error:
        return Sensitivity(model, estimand, None, None, None, str(error) or "the fit failed")
    if not np.isfinite([estimate, low, high]).all():
        return Sensitivity(model, estimand, None, None, None, "the fit did not converge")
    return Sensitivity(model, estimand, estimate, low, high, None)


def _gee(votes: _Votes, confidence: float) -> tuple[float, float, float]:
    import statsmodels.api as sm

    if len(np.unique(votes.cluster)) < 2 or votes.scores.std() == 0:
        raise ValueError("needs two clusters (items, or queries where they are known) and two outcomes")
    order = np.argsort(votes.cluster, kind="stable")
    fit = sm.GEE(votes.scores[order], np.ones((len(order), 1)), groups=votes.cluster[order],
                 family=sm.families.Binomial(), cov_struct=sm.cov_struct.Exchangeable()).fit()
    low, high = fit.conf_int(alpha=1 - confidence)[0]
    if high - low < 1e-9:
        raise ValueError("every cluster has the same average: no spread to measure")
    return _expit(fit.params[0]), _expit(low), _expit(high)


def _crossed_mixed(votes: _Votes, confidence: float) -> tuple[float, float, float]:
    """Variational Bayes with item and rater effects, on decisive judgments; averaged over both effects."""
    from scipy import sparse
    from scipy.special import ndtri
    from statsmodels.genmod.bayes_mixed_glm import BinomialBayesMixedGLM

    votes = votes.decisive()
    if any(len(np.unique(values)) < 2 for values in (votes.rater, votes.item, votes.scores)):
        raise ValueError("needs two items, two raters and two outcomes")
    n = len(votes.scores)
    parts, kinds = [], []
    for kind, codes in enumerate((votes.item, votes.rater)):
        _, dense = np.unique(codes, return_inverse=True)
        parts.append(sparse.csr_matrix((np.ones(n), (np.arange(n), dense))))
        kinds += [kind] * (int(dense.max()) + 1)
    effects = sparse.hstack(parts).tocsr()
    model = BinomialBayesMixedGLM(votes.scores, np.ones((n, 1)), effects, np.array(kinds))
    # Left alone it starts somewhere random, and the last digits differ each time.
    size = 1 + len(set(kinds)) + len(kinds)
    fit = model.fit_vb(mean=np.zeros(size), sd=np.full(size, np.exp(-0.5)))
    intercept, error = float(fit.fe_mean[0]), float(fit.fe_sd[0])
    variance = float(np.sum(np.exp(2 * fit.vcp_mean)))
    # Averaging expit over a normal effect shrinks the logit by this factor (Zeger, Liang and Albert 1988).
    shrink = 1 / np.sqrt(1 + (16 * np.sqrt(3) / (15 * np.pi)) ** 2 * variance)
    reach = float(ndtri(0.5 + confidence / 2)) * error
    low, high = _expit(shrink * (intercept - reach)), _expit(shrink * (intercept + reach))
    return _expit(shrink * intercept), low, high


def _conditional_logit(votes: _Votes, confidence: float) -> tuple[float, float, float]:
    """What standing left adds to A's log odds, each item compared with itself only."""
    from statsmodels.discrete.conditional_models import ConditionalLogit

    votes = votes.decisive()
    if not (_varies_within(votes.side, votes.item) and _varies_within(votes.scores, votes.item)):
        raise ValueError("no item was judged with both sides and both outcomes")
    fit = ConditionalLogit(votes.scores, votes.side[:, None], groups=votes.item).fit(disp=0)
    low, high = fit.conf_int(alpha=1 - confidence)[0]
    return float(fit.params[0]), float(low), float(high)


def _varies_within(values: FloatArray, groups: IntArray) -> bool:
    if len(values) == 0:
        return False
    low, high = (np.bincount(groups, weights=values == at) for at in (0, 1))
    return bool(np.any((low > 0) & (high > 0)))


def _expit(value: float) -> float:
    return float(1 / (1 + np.exp(-value)))


_MODELS: tuple[tuple[str, str, _Fit], ...] = (
    ("GEE, exchangeable within items", "win rate", _gee),
    ("mixed model, items and raters crossed (variational Bayes)", "win rate without ties", _crossed_mixed),
    ("conditional logit within items", "log odds of the left side", _conditional_logit),
)

"""What a study file says of its task: continue a text, or summarize one.

Frozen; unknown keys are refused. Every field is a key of the YAML with the same name.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from harness.tasks.hub import HubDataset
from harness.tasks.sources import JsonlPairs, StoryworldSource, TextFiles
from harness.training.settings import EndRule


class Spec(BaseModel):
    """Base of all parts of a study: frozen, unknown keys refused, every number finite."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


TextSourceSpec = Annotated[
    StoryworldSource | TextFiles | JsonlPairs | HubDataset, Field(discriminator="kind")
]


MOST_QUERIES = 20_000_000
"""One for each label that a study may have, and as many to be held out. More are never made."""


class QueryCounts(Spec):
    """How many queries each split gets. train: at most so many (a finite source may have fewer)."""

    train: int = Field(default=100_000, ge=1, le=MOST_QUERIES)
    valid: int = Field(default=256, ge=1, le=MOST_QUERIES)
    test: int = Field(default=512, ge=1, le=MOST_QUERIES)
    per_document: int | None = Field(default=None, ge=1, description="at most so many from one document")


class ContinuationTask(Spec):
    """Continue a text. Query: after the first `start`, at most `query_tokens`, up to the last `end`."""

    kind: Literal["continuation"]
    source: TextSourceSpec
    query_tokens: int = Field(default=64, ge=1)
    query_tokens_min: int = Field(default=8, ge=1)
    start: str | None = None
    end: str | None = "."
    response: EndRule = EndRule(tokens=24, end=".", truncate_after=16)
    temperature: float = Field(default=0.7, ge=0.001, le=1000)
    queries: QueryCounts = QueryCounts()


class SummarizationTask(Spec):
    """Summarize a text. Query: `prefix`, the source cut to fit, `suffix`, in all at most `query_tokens`."""

    kind: Literal["summarization"]
    source: TextSourceSpec
    query_tokens: int = Field(default=500, ge=8)
    prefix: str = ""
    suffix: str = "\n\nTL;DR:"
    cut_at: str | None = Field(default=None, description="a source too long is cut back to this text")
    response: EndRule = EndRule(tokens=75, end="\n", truncate_after=55)
    temperature: float = Field(default=0.7, ge=0.001, le=1000)
    lead_sentences: int = Field(default=3, ge=1)
    pretraining_summaries: float = Field(
        default=0.0, ge=0, le=1, description="share of the pretraining documents that end in suffix and summary")
    pretraining_extracts: float = Field(
        default=0.0, ge=0, le=1, description="share of them that end in suffix and one of their own sentences")
    queries: QueryCounts = QueryCounts()


TaskSpec = Annotated[ContinuationTask | SummarizationTask, Field(discriminator="kind")]

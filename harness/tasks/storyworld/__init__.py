"""The embedded text source: endless English from a seed, for both tasks, so that a study needs no download."""

from harness.tasks.storyworld.reports import Report, report, reports
from harness.tasks.storyworld.stories import stories, story

__all__ = ["Report", "report", "reports", "stories", "story"]

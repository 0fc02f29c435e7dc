"""The embedded text source: endless seeded English for both tasks, so that a study needs no download."""

from harness.tasks.storyworld.stories import stories, story

__all__ = ["stories", "story"]

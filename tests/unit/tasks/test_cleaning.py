"""The paper's two summarization sources are cleaned as in the released code, in the old form and in the hub's."""

import pytest

from harness.tasks.cleaning import clean_reference, clean_source

STAMPS = "PUBLISHED:\n\n05:31 EST, 6 June 2013\n\n|\n\nUPDATED:\n\n06:00 EST, 7 June 2013\n\n"
HUB_STAMPS = "PUBLISHED: . 05:31 EST, 6 June 2013 . | . UPDATED: . 06:00 EST, 7 June 2013 . "


@pytest.mark.parametrize(("article", "cleaned"), [
    # As in the original story files: a paragraph a line.
    (f"By\n\nA Reporter\n\n{STAMPS}A man has won.\n\nHe was glad.", "A man has won.\n\nHe was glad."),
    (f"By\n\nA Reporter\n\nand B Reporter\n\n{STAMPS}A man has won.", "A man has won."),
    ("By\n\nA Reporter\n\nA man has won.", "A man has won."),
    ("LONDON, England (CNN) -- A man has won.", "A man has won."),
    ("Editor's note: Our series goes behind the scenes.\n\n(CNN)  -- A man has won.", "A man has won."),
    ("A man has won.\n\n\n\nHe was glad.\n\n@highlight\n\nMan wins", "A man has won.\n\nHe was glad."),
    # As in the hub's data set: one line, the former lines ended with ' . '.
    (f"By . A Reporter . {HUB_STAMPS}A man has won. He was glad.", "A man has won. He was glad."),
    (f"By . A Reporter . and B Reporter . {HUB_STAMPS}A man has won.", "A man has won."),
    ("By . A Reporter . A man has won.", "A man has won."),
    ("(CNN)A man has won.", "A man has won."),
    ("Leeds, England  (CNN)A man has won.", "A man has won."),
    # Curly quotes and wrong decodings; what only looks like a by-line or stands far down stays.
    ("“A man has won,” she said. It’s true. Itâ€™s so.", '"A man has won," she said. It\'s true. It\'s so.'),
    ("By the evening a man had won.", "By the evening a man had won."),
    ("Bystanders saw it.", "Bystanders saw it."),
    (f"{'A man has won. ' * 10}The reporter (CNN) left.", f"{'A man has won. ' * 10}The reporter (CNN) left."),
])
def test_an_article_loses_what_is_not_its_news(article, cleaned):
    assert clean_source(article, "cnndm") == cleaned


def test_a_post_keeps_everything_but_blank_lines_and_broken_characters():
    post = "  By . Me . (CNN) -- so.\n\n\n\n\nIt â€œhurtsâ€\x9d.\n\nEDIT: no  "
    assert clean_source(post, "tldr") == 'By . Me . (CNN) -- so.\n\nIt "hurts".\n\nEDIT: no'


def test_highlights_lose_the_space_before_their_full_stops():
    assert clean_reference("Man wins .\nHe’s glad .", "cnndm") == "Man wins.\nHe's glad."
    assert clean_reference("Man wins .", "tldr") == "Man wins ."


@pytest.mark.parametrize("kind", ["cnndm", "tldr"])
@pytest.mark.parametrize("text", ["(CNN)A man has won.", "By . A B . x", "It’s", "a\n\n\n\nb", ""])
def test_cleaning_twice_changes_nothing_more(kind, text):
    once = clean_source(text, kind)
    assert clean_source(once, kind) == once

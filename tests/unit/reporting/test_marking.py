"""Marked texts are escaped, whole, and marked where they are copied."""

import html
import re

from harness.reporting.marking import marked, marked_pair


def test_marking_escapes_everything_and_loses_nothing():
    text = "<b>&amp; 'x' \"y\"</b> tail"
    page = marked(text, [(3, 8), (5, 10)])
    assert re.findall(r"<[^>]+>", page) == ["<mark>", "</mark>", "<mark>", "</mark>"]
    assert html.unescape(re.sub(r"</?mark>", "", page)) == text


def test_a_pair_has_what_it_shares_marked_in_both_texts():
    page = marked_pair("zero one two three four <script>", "<b>one two three four</b> five")
    assert re.findall(r"<mark>(.*?)</mark>", page) == ["one two three four&lt;", "one two three four &lt;"]
    assert "<script>" not in page

"""Which parts of a response and its source are marked as copied."""

from harness.text.copied_spans import copied_spans


def parts(text, spans):
    return [text[start:end] for start, end in spans]


def test_runs_of_three_words_are_found_in_both_texts():
    source = "The cat sat on the mat. The dog ran away, far away."
    response = "Today the cat sat on the mat, while the dog ran off, and a dog ran."
    found = copied_spans(response, source)
    assert parts(response, found.response) == ["the cat sat on the mat", "the dog ran"]
    assert parts(source, found.source) == ["The cat sat on the mat", "The dog ran"]


def test_marks_of_punctuation_are_no_words():
    assert copied_spans("he ran away.", "they ran away.").response == ()
    assert copied_spans("he ran far away.", "they ran far away.").response == ((3, 16),)


def test_what_is_copied_twice_is_marked_once_in_the_source():
    source, response = "one two three four five", "two three four and one two three four five"
    found = copied_spans(response, source)
    assert parts(response, found.response) == ["two three four", "one two three four five"]
    assert parts(source, found.source) == ["one two three four five"]


def test_texts_that_share_nothing_have_no_spans():
    assert copied_spans("", "") == copied_spans("one two three", "four five six") == ((), ())

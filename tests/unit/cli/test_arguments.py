"""Numbers on the command line: what is in range is read, and what is not is refused with the range."""

from argparse import ArgumentTypeError

import pytest

from harness.cli import arguments


@pytest.mark.parametrize(("kind", "accepted", "refused"), [
    ("share", ["0.001", "0.5", "0.999"], ["0", "1", "-0.1", "nan", "half", ""]),
    ("margin", ["0.05", "0.49"], ["0", "0.5", "5", "nan"]),
    ("confidence", ["0.51", "0.95"], ["0.5", "1", "95", "nan"]),
    ("error_rate", ["0.05", "0.49"], ["0", "0.5", "nan"]),
    ("not_negative", ["0", "2.5"], ["-1", "inf", "nan", "many"]),
    ("positive", ["0.1", "1e6"], ["0", "-1", "inf", "nan"]),
    ("tie_share", ["0", "0.99"], ["1", "-0.1", "nan"]),
    ("logit_spread", ["0", "10"], ["10.1", "-1", "nan", "inf"]),
    ("link_days", ["0.5", "3650"], ["0", "3651", "inf", "nan"]),
])
def test_numbers_within_their_range(kind, accepted, refused):
    read = getattr(arguments, kind)
    assert [read(text) for text in accepted] == [float(text) for text in accepted]
    for text in refused:
        with pytest.raises(ArgumentTypeError):
            read(text)


@pytest.mark.parametrize(("kind", "accepted", "refused"), [
    ("positive_count", ["1", "1000000"], ["0", "-1", "1.5", "one", ""]),
    ("count", ["0", "7"], ["-1", "0.5"]),
    ("looks", ["1", "20"], ["0", "21", "2.5"]),
    ("resamples", ["0", "2", "1000000"], ["1", "-2", "1000001", "1e3"]),
    ("some_resamples", ["2", "999"], ["0", "1", "1000001"]),
    ("jobs", ["1", "3", "1000"], ["0", "-1", "two", "1.5", "1001", "99999999", "", "²"]),
])
def test_whole_numbers_within_their_range(kind, accepted, refused):
    read = getattr(arguments, kind)
    assert [read(text) for text in accepted] == [int(text) for text in accepted]
    for text in refused:
        with pytest.raises(ArgumentTypeError):
            read(text)


def test_jobs_may_be_left_to_the_machine():
    assert arguments.jobs("auto") is None


@pytest.mark.parametrize(("kind", "text", "message"), [
    ("margin", "5", "5 is not between 0 and 0.5 (0.05 is five points)"),
    ("share", "half", "'half' is not a number"),
    ("count", "1.5", "'1.5' is not a whole number"),
    ("resamples", "1", "1 is not 0 (none), or 2 to 1,000,000"),
    ("jobs", "0", "'0' is not a number of jobs; give 1 to 1,000, or auto"),
])
def test_the_message_says_what_would_do(kind, text, message):
    with pytest.raises(ArgumentTypeError) as error:
        getattr(arguments, kind)(text)
    assert str(error.value) == message

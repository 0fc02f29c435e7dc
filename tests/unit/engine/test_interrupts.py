"""A signal that stops the process is acted on between steps: what is being written when it strikes is written to its
end.
"""

import os
import signal
import subprocess
import sys
import threading

import pytest

from harness.engine.interrupts import SIGNALS, Stops, unheard


@pytest.fixture
def stops():
    """The signals as Python has them, though the tests run with a hangup that is ignored; afterwards as they were."""
    before = {number: signal.getsignal(number) for number in SIGNALS}
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
    yield Stops()
    for number, handler in before.items():
        signal.signal(number, handler)


def strike(number=signal.SIGINT):
    os.kill(os.getpid(), number)


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_the_first_strike_waits_for_the_check(stops, number, code):
    with stops.held():
        stops.check()
        strike(number)
        with pytest.raises(KeyboardInterrupt):
            stops.check()
        assert stops.exit_code == code


def test_the_second_strike_does_not_wait(stops):
    with stops.held():
        strike()
        with pytest.raises(KeyboardInterrupt):
            strike()


def test_outside_of_an_execution_the_first_does_not_wait_either(stops):
    with stops.taken():
        with stops.held():
            pass
        with pytest.raises(KeyboardInterrupt):
            strike(signal.SIGTERM)
        assert stops.struck and stops.exit_code == 143


def test_the_end_is_not_torn(stops):
    with stops.taken():
        with pytest.raises(KeyboardInterrupt):
            strike()
        stops.ignore()
        strike()
    assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN


def test_afterwards_the_signals_are_what_they_were(stops):
    before = [signal.getsignal(number) for number in SIGNALS]
    with stops.held():
        assert signal.getsignal(signal.SIGINT) is not before[0]
    assert [signal.getsignal(number) for number in SIGNALS] == before
    stops.check()


def test_a_hangup_that_is_ignored_stays_ignored(stops):
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    with stops.held():
        strike(signal.SIGHUP)
        stops.check()


def test_in_another_thread_nothing_changes(stops):
    before, seen = signal.getsignal(signal.SIGINT), []

    def work():
        with stops.held():
            stops.check()
            seen.append(signal.getsignal(signal.SIGINT))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert seen == [before]


def test_what_is_started_unheard_does_not_hear_ctrl_c():
    with unheard():
        process = subprocess.Popen([sys.executable, "-c", "input(); print('here')"], stdin=subprocess.PIPE,
                                   stdout=subprocess.PIPE, text=True)
    process.send_signal(signal.SIGINT)
    assert process.communicate("\n", timeout=60)[0] == "here\n"
    assert signal.SIGINT not in signal.pthread_sigmask(signal.SIG_BLOCK, ())

"""Ctrl-C is acted on between steps: what is being written when it strikes is written to its end."""

import os
import signal
import threading

import pytest

from harness.engine.interrupts import HeldInterrupts


def strike() -> None:
    os.kill(os.getpid(), signal.SIGINT)


def test_the_first_strike_waits_for_the_check() -> None:
    with HeldInterrupts() as interrupts:
        interrupts.check()
        strike()
        with pytest.raises(KeyboardInterrupt):
            interrupts.check()


def test_the_second_strike_does_not_wait() -> None:
    with HeldInterrupts():
        strike()
        with pytest.raises(KeyboardInterrupt):
            strike()


def test_afterwards_the_signal_is_what_it_was() -> None:
    before = signal.getsignal(signal.SIGINT)
    with HeldInterrupts():
        assert signal.getsignal(signal.SIGINT) is not before
    assert signal.getsignal(signal.SIGINT) is before


def test_in_another_thread_nothing_changes() -> None:
    before = signal.getsignal(signal.SIGINT)
    seen = []

    def work() -> None:
        with HeldInterrupts() as interrupts:
            interrupts.check()
            seen.append(signal.getsignal(signal.SIGINT))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert seen == [before]

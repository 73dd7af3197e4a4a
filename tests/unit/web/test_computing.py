"""The worker: one thing after the other, short ones first, each once, and never more kept than it should."""

from __future__ import annotations

import threading
import time

import pytest

from visavis.errors import NoDataError, RecordBusyError
from visavis.web import computing
from visavis.web.computing import Job, Worker


def _until(job: Job) -> Job:
    for _ in range(500):
        if job.ended is not None:
            return job
        time.sleep(0.01)
    raise AssertionError("the job never ended")


def test_what_is_asked_twice_is_computed_once() -> None:
    worker, made = Worker(), list[int]()
    jobs = [worker.ask("k", lambda job: made.append(1) or len(made)) for _ in range(5)]
    assert {_until(job).result() for job in jobs} == {1}
    worker.close()


def test_one_thread_computes_everything() -> None:
    worker = Worker()
    found = {_until(worker.ask(i, lambda job: threading.get_ident())).result() for i in range(5)}
    assert len(found) == 1
    assert threading.get_ident() not in found
    worker.close()


def test_between_the_parts_of_a_long_job_short_ones_go_first() -> None:
    worker, order, begun, go = Worker(), list[str](), threading.Event(), threading.Event()

    def long(job: Job) -> None:
        order.append("first part")
        begun.set()
        assert go.wait(5)
        worker.let_through()
        order.append("second part")

    job = worker.ask("long", long, long=True)
    assert begun.wait(5)
    other = worker.ask("other long", lambda job: order.append("other long"), long=True)
    short = worker.ask("short", lambda job: order.append("short"))
    go.set()
    for one in (job, other, short):
        _until(one).result()
    assert order == ["first part", "short", "second part", "other long"]
    worker.close()


def test_a_part_that_others_asked_for_is_made_once_for_all() -> None:
    worker, made = Worker(), list[int]()

    def part(job: Job) -> int:
        made.append(1)
        return 7

    def whole(job: Job) -> int:
        total: int = worker.part("part", part) + worker.part("part", part)
        return total

    assert _until(worker.ask("whole", whole)).result() == 14
    assert _until(worker.ask("part", part)).result() == 7
    assert made == [1]
    worker.close()


def test_a_failure_is_told_to_all_and_tried_again_later(monkeypatch: pytest.MonkeyPatch) -> None:
    worker, tries = Worker(), list[int]()

    def fails(job: Job) -> None:
        tries.append(1)
        raise NoDataError("nothing")

    for _ in range(2):
        with pytest.raises(NoDataError):
            _until(worker.ask("k", fails)).result()
    assert tries == [1]
    monkeypatch.setattr(computing, "_FAILED", 0.0)
    time.sleep(0.01)
    _until(worker.ask("k", fails))
    assert tries == [1, 1]
    assert _until(worker.ask("then", lambda job: 3)).result() == 3  # a failure ends no thread
    worker.close()


def test_no_more_is_kept_or_waits_than_it_should() -> None:
    worker, go = Worker(most=3, waiting=2), threading.Event()
    for i in range(10):
        _until(worker.ask(i, lambda job: None))
    time.sleep(0.05)
    assert len(worker._kept) <= 3
    worker.ask("held up", lambda job: go.wait(5))
    time.sleep(0.05)
    worker.ask("a", lambda job: None)
    worker.ask("b", lambda job: None)
    with pytest.raises(RecordBusyError, match="Try again"):
        worker.ask("c", lambda job: None)
    go.set()
    worker.close()


def test_what_is_running_ends_at_its_next_part_when_the_app_ends() -> None:
    worker, begun, parts = Worker(), threading.Event(), list[int]()

    def long(job: Job) -> None:
        for i in range(1000):
            parts.append(worker.part(i, lambda job: time.sleep(0.01) or 1))
            begun.set()

    job = worker.ask("long", long, long=True)
    assert begun.wait(5)
    worker.close()
    assert job.ended is not None
    assert len(parts) < 1000

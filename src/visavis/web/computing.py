"""One thread that computes, one thing after the other, and keeps what it found.

The engine's connection belongs to one thread. What a reader waits for goes before what takes long: between its parts a
long job lets those through that were asked for meanwhile.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Any

from visavis.errors import RecordBusyError

__all__ = ["Job", "Worker"]

log = logging.getLogger(__name__)
_FAILED = 20.0  # seconds for which a failure is told again before it is tried again


class _EndedError(Exception):
    """The app ends; what is being computed is for nobody."""


@dataclass(eq=False)
class Job:
    """Something to compute: what became of it, or how far it is.

    Args:
        key: what tells it from others.
        make: computes it; called once, in the worker's thread.
        long: whether others may go before it.
    """

    key: Hashable
    make: Callable[[Job], Any]
    long: bool = False
    step: tuple[int, int, str] = (0, 0, "")
    value: Any = None
    error: Exception | None = None
    ended: float | None = None
    asked: float = field(default_factory=time.monotonic)

    @property
    def seconds(self) -> float:
        """How long ago it was first asked for."""
        return time.monotonic() - self.asked

    def result(self) -> Any:
        """What was computed; raises what went wrong."""
        if self.error is not None:
            raise self.error
        return self.value

    def run(self) -> None:
        """Compute it, and keep what goes wrong for whoever asks."""
        try:
            self.value = self.make(self)
        except Exception as error:  # told to the reader as a page
            log.debug("%s failed", self.key, exc_info=True)
            self.error = error
        self.ended = time.monotonic()


class Worker:
    """Runs jobs in one thread, and keeps the last ``most`` of them.

    Args:
        most: finished jobs that are kept.
        waiting: jobs that may wait at one time.

    >>> worker = Worker()
    >>> job = worker.ask("sum", lambda job: 1 + 1)
    >>> while job.ended is None: time.sleep(0.01)
    >>> worker.close(), job.result()
    (None, 2)
    """

    def __init__(self, most: int = 120, waiting: int = 24) -> None:
        self.most, self.waiting = most, waiting
        self._kept: OrderedDict[Hashable, Job] = OrderedDict()
        self._queue: deque[Job] = deque()
        self._soon = threading.Condition(threading.RLock())
        self._closed = False
        self._thread = threading.Thread(target=self._work, name="visavis computes", daemon=True)
        self._thread.start()

    def ask(self, key: Hashable, make: Callable[[Job], Any], *, long: bool = False) -> Job:
        """The job of this key: finished, running, waiting, or now put in line.

        Raises:
            RecordBusyError: too many are waiting.
        """
        with self._soon:
            job = self._held(key)
            if job is None:
                if len(self._queue) >= self.waiting:
                    raise RecordBusyError(f"{self.waiting} pages are being worked out already. Try again in a minute.")
                job = Job(key, make, long)
                self._kept[key] = job
                self._queue.append(job)
                self._soon.notify()
            return job

    def part(self, key: Hashable, make: Callable[[Job], Any]) -> Any:
        """What another job finds, computed at once where nobody did yet. To be called by a running job."""
        with self._soon:
            if self._closed:
                raise _EndedError
            job = self._held(key)
            if job is None or job in self._queue:
                if job is not None:
                    self._queue.remove(job)
                job = job or Job(key, make)
                self._kept[key] = job
            elif job.ended is not None:
                return job.result()
        job.run()
        return job.result()

    def let_through(self) -> None:
        """Run what waits and is short, before a long job goes on. To be called by a running job."""
        while (job := self._next(short=True)) is not None:
            job.run()

    def close(self) -> None:
        """Take no more, and wait a moment for what is running; it ends at its next part."""
        with self._soon:
            self._closed = True
            self._queue.clear()
            self._soon.notify()
        self._thread.join(5)

    def _held(self, key: Hashable) -> Job | None:
        job = self._kept.get(key)
        if job is None:
            return None
        if job.error is not None and job.ended is not None and time.monotonic() - job.ended > _FAILED:
            del self._kept[key]
            return None
        self._kept.move_to_end(key)
        return job

    def _next(self, *, short: bool) -> Job | None:
        """The next job in line: the first short one, else, unless only ``short`` ones are wanted, the first."""
        with self._soon:
            job = next((one for one in self._queue if not one.long), None)
            if job is None and not short and self._queue:
                job = self._queue[0]
            if job is not None:
                self._queue.remove(job)
            return job

    def _work(self) -> None:
        while True:
            with self._soon:
                while not self._queue and not self._closed:
                    self._soon.wait()
                if not self._queue:
                    return
            job = self._next(short=False)
            if job is not None:
                job.run()
                self._forget()

    def _forget(self) -> None:
        """Drop what was not asked for longest."""
        with self._soon:
            finished = [key for key, job in self._kept.items() if job.ended is not None]
            for key in finished[: max(len(finished) - self.most, 0)]:
                del self._kept[key]

"""The next items, made in a second thread while the current one is worked on."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from threading import Event
from typing import TypeVar

__all__ = ["ahead"]

T = TypeVar("T")

_DEPTH = 4


def ahead(items: Iterator[T], alone: Callable[[T], bool]) -> Iterator[T]:
    """The same items in the same order, up to four of them made before they are asked for.

    Unpacking and hashing let go of Python's lock and run well beside other work; parsing does not, so it stays in the
    caller's thread.

    Args:
        items: made in the second thread, one after the other; an error is raised where its item would be.
        alone: whether nothing may be made while this item is worked on, for example since both read one archive.

    >>> list(ahead(iter("abc"), lambda item: item == "b"))
    ['a', 'b', 'c']
    """
    free = Event()
    free.set()

    def make() -> list[T]:
        free.wait()
        made = list(islice(items, 1))
        if made and alone(made[0]):
            free.clear()
        return made

    with ThreadPoolExecutor(1) as pool:
        waiting: deque[Future[list[T]]] = deque(pool.submit(make) for _ in range(_DEPTH))
        try:
            while made := waiting.popleft().result():
                waiting.append(pool.submit(make))
                yield made[0]
                free.set()
        finally:
            pool.shutdown(wait=False, cancel_futures=True)
            free.set()

"""The next items, made in a second thread while the current one is worked on."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from threading import Condition
from typing import TypeVar

__all__ = ["ROOM", "ahead"]

T = TypeVar("T")

ROOM = 16 << 20
"""Weight of the items that wait at any time, the last one made apart: bytes."""

_DEPTH = 16


def ahead(items: Iterator[T], weight: Callable[[T], int]) -> Iterator[T]:
    """The same items in the same order, some of them made before they are asked for.

    Unpacking and hashing let go of Python's lock and run well beside other work; parsing does not, so it stays in the
    caller's thread. An item is done with when the next one is asked for.

    Args:
        items: made in the second thread, one after the other; an error is raised where its item would be.
        weight: of an item. Nothing is made while what waits weighs ``ROOM`` or more; an item of that weight is
            therefore worked on alone.

    >>> list(ahead(iter("abc"), lambda item: ROOM if item == "b" else 1))
    ['a', 'b', 'c']
    """
    change, held, closing = Condition(), 0, False

    def make() -> list[T]:
        nonlocal held
        with change:
            change.wait_for(lambda: held < ROOM or closing)
        made = [] if closing else list(islice(items, 1))
        with change:
            held += sum(map(weight, made))
        return made

    with ThreadPoolExecutor(1) as pool:
        waiting: deque[Future[list[T]]] = deque(pool.submit(make) for _ in range(_DEPTH))
        try:
            while made := waiting.popleft().result():
                waiting.append(pool.submit(make))
                yield made[0]
                with change:
                    held -= weight(made[0])
                    change.notify_all()
        finally:
            with change:
                closing = True
                change.notify_all()
            pool.shutdown(wait=False, cancel_futures=True)

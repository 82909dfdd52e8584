"""Turns at the hosts: one request at a time each, spaced as the host wants, many hosts at once, none kept waiting by another.

A thread never sleeps for one host while another is ready: the lane that may go first goes next.
"""

import heapq
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Generic, TypeVar
from urllib.parse import urlsplit

_SLOWEST = 30.0  # seconds
T = TypeVar("T")


def host_key(url: str) -> str:
    """Return what a lane is for: the host, with its port unless that is 80 or 443."""
    parts = urlsplit(url)
    return f"{parts.hostname}:{parts.port}" if parts.port not in (None, 80, 443) else str(parts.hostname)


@dataclass(eq=False)
class Lane(Generic[T]):
    """The tasks of one host in order, and when its next request may go out (*ready*, seconds of the monotonic clock)."""

    host: str
    delay: float
    tasks: deque[T] = field(default_factory=deque)
    ready: float = 0.0
    failures: int = 0  # in a row
    busy: bool = False
    closed: str | None = None  # why the host is left alone for the rest of the run
    agreed: float = 0.0  # the delay that we or the host asked for; *delay* is longer when the host is slow

    def slowed(self, latency: float) -> None:
        """Bring the delay half-way towards how long the host needs for an answer, but never under what was agreed."""
        if self.agreed:
            self.delay = max(self.agreed, min(_SLOWEST, (self.delay + latency) / 2))


class Lanes(Generic[T]):
    """All lanes of a run. *work* does one task and returns the seconds until the host's next request."""

    def __init__(self, work: Callable[[Lane[T], T], float], delay: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._work, self._delay, self._clock = work, delay, clock
        self._lanes: dict[str, Lane[T]] = {}
        self._heap: list[tuple[float, int, Lane[T]]] = []
        self._turn = 0
        self._running = 0
        self._changed = threading.Condition()
        self._problem: BaseException | None = None
        self._stopped = False

    def put(self, url: str, tasks: Iterable[T], first: bool = False) -> None:
        """Add tasks for the host of *url*, at the end or at the front of its lane."""
        with self._changed:
            lane = self._lanes.setdefault(host_key(url), Lane(host_key(url), self._delay, agreed=self._delay))
            waiting = bool(lane.tasks)
            if first:
                lane.tasks.extendleft(reversed(list(tasks)))
            else:
                lane.tasks.extend(tasks)
            if lane.tasks and not waiting and not lane.busy:
                self._queue(lane)

    def stop(self) -> None:
        """Let no further task begin."""
        with self._changed:
            self._stopped = True
            self._changed.notify_all()

    def run(self, threads: int) -> None:
        """Do all tasks, also those added meanwhile; raise what a task raised, after the others at work have ended."""
        workers = [threading.Thread(target=self._worker, name=f"crawl-{n}", daemon=True) for n in range(max(1, threads))]
        for worker in workers:
            worker.start()
        try:
            for worker in workers:
                while worker.is_alive():  # an endless join would keep Ctrl-C waiting
                    worker.join(0.5)
        except KeyboardInterrupt:
            self.stop()
            for worker in workers:
                worker.join()
            raise
        if self._problem is not None:
            raise self._problem

    def left(self) -> list[T]:
        """Return the tasks that were not done because the run was stopped."""
        return [task for lane in self._lanes.values() for task in lane.tasks]

    def _queue(self, lane: Lane[T]) -> None:
        self._turn += 1
        heapq.heappush(self._heap, (lane.ready, self._turn, lane))
        self._changed.notify()

    def _worker(self) -> None:
        while (found := self._next()) is not None:
            lane, task = found
            pause = 0.0
            try:
                pause = self._work(lane, task)
            except BaseException as error:
                with self._changed:
                    self._problem = self._problem or error
                    self._stopped = True
            with self._changed:
                lane.busy = False
                lane.ready = self._clock() + pause
                self._running -= 1
                if lane.tasks:
                    self._queue(lane)
                self._changed.notify_all()

    def _next(self) -> tuple[Lane[T], T] | None:
        """Return the lane whose turn it is with its next task, waiting for it; None when nothing is left to do."""
        with self._changed:
            while not self._stopped:
                if not self._heap:
                    if not self._running:
                        return None
                    self._changed.wait()
                    continue
                wait = self._heap[0][0] - self._clock()
                if wait > 0:
                    self._changed.wait(wait)
                    continue
                lane = heapq.heappop(self._heap)[2]
                if lane.tasks:
                    lane.busy = True
                    self._running += 1
                    return lane, lane.tasks.popleft()
            return None

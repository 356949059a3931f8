"""Workers that compute: those of a scheduler at an address, else some of this machine's own, on loopback alone."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import threading
from contextlib import ExitStack, closing, contextmanager, suppress
from time import monotonic
from typing import TYPE_CHECKING, Any, Final, TypeVar

from app.errors import InvalidInput, Problem, StorageFault
from app.leftovers import ROLLUP, own_folder
from app.system_words import words_of
from app.text import Text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from distributed import Client, Future

    from app.jobs import Ticket

T = TypeVar("T")

_KEEPS: Final = 1 << 30  # [bytes] of free memory that a worker keeps; 64 KiB unless told

_PATIENCE: Final = 20.0  # [s] for a scheduler to answer
_GRACE: Final = 0.2  # [s] that a worker has to end by itself once its work was called off
_ASK: Final = 1.0  # [s] between two looks whether there are workers
_LOOK: Final = 0.1  # [s] after which a wait for results looks whether it was called off
_LACKS: Final = Text(
    "汇总要用 Dask 的 distributed，本机没有装。装上再来：pip install 'compound-registry[cluster]'。",
    "Adding up needs Dask's distributed, which is not installed here: pip install 'compound-registry[cluster]'.",
)
_SILENT: Final = Text(
    "调度程序 {0} 没有应答。看它是否在运行、地址对不对；不写 --scheduler 就用本机计算。",
    "No answer from the scheduler {0}. See whether it runs and the address is right; without --scheduler this machine computes.",
)

_NO_HANDS: Final = Text(
    "那里没有计算进程，汇总没有做。起 dask worker 再汇总一次；不写 --scheduler 就用本机计算。",
    "No worker is there to compute, and nothing was added up. Start a dask worker and add up again; without --scheduler "
    "this machine computes.",
)
_NOT_BEGUN: Final = Text(
    "本机的计算进程起不来（{0}），汇总没有做，台账没有动。看内存和磁盘够不够，关掉别的程序，再汇总一次。",
    "The workers of this machine could not be started ({0}); nothing was added up and no registry touched. See whether memory and "
    "disk are enough, close other programs, and add up again.",
)
_ADDRESS: Final = Text(
    "{0} 不是调度程序的地址。写成 tcp://主机:端口，例如 tcp://scheduler:8786。",
    "{0} is no address of a scheduler. Write tcp://HOST:PORT, such as tcp://scheduler:8786.",
)
_GONE: Final = Text(
    "调度程序在汇总途中断开了，没有得出结果。台账没有动；再汇总一次即可。",
    "The scheduler went away before the sum was there. No registry was touched; add up again.",
)


@contextmanager
def workers(scheduler: str | None, jobs: int, at_most: int | None = None) -> Iterator[Client]:
    """Yield a client of the workers at ``scheduler``, or of as many processes of this machine as help with ``jobs``.

    Each worker of our own takes one task at a time: registries are read and placed by one thread. Raises InvalidInput
    if `distributed` is missing or the address is none, StorageFault if nobody answers there.
    """
    distributed = _distributed()
    with ExitStack() as ends:
        if scheduler is not None:
            yield ends.enter_context(closing(_client(distributed, scheduler)))
            return
        ends.enter_context(_spared())
        folder = ends.enter_context(own_folder(ROLLUP))
        with _not_interrupted(), _begun():
            cluster = distributed.LocalCluster(
                n_workers=max(1, min(jobs, at_most or os.cpu_count() or 1)),
                threads_per_worker=1,
                processes=True,
                host="127.0.0.1",
                dashboard_address="127.0.0.1:0",  # its server is begun all the same; on a fixed port two would meet
                scheduler_kwargs={"dashboard": False},
                local_directory=str(folder),
                silence_logs=logging.CRITICAL,
            )
            ends.enter_context(cluster)
        # closed, never left: leaving a client belongs to the thread that entered it, and any may end these workers
        client = ends.enter_context(closing(distributed.Client(cluster, direct_to_workers=True)))
        try:
            yield client
        except BaseException:
            cluster.sync(_killed, tuple(cluster.workers.values()))  # else their last tasks are waited for
            raise


@contextmanager
def _begun() -> Iterator[None]:
    """Raise StorageFault where the workers of this machine can't be begun."""
    try:
        yield
    except (RuntimeError, OSError) as error:
        raise StorageFault(_NOT_BEGUN.format(words_of(error))) from error


@contextmanager
def _not_interrupted() -> Iterator[None]:
    """Let Ctrl+C wait: workers that are begun by half can't be ended by what begins them, and a traceback follows at the end.

    A terminal tells all processes of it. Threads that are begun meanwhile, and with them the workers that these begin, never
    hear it: we are the one that ends them.
    """
    with ExitStack() as ends:
        pressed: list[int] = []
        if threading.current_thread() is threading.main_thread():
            before = signal.signal(signal.SIGINT, lambda number, _frame: pressed.append(number))
            ends.callback(lambda: signal.raise_signal(signal.SIGINT) if pressed else None)
            ends.callback(signal.signal, signal.SIGINT, before)
        if hasattr(signal, "pthread_sigmask"):  # not on Windows
            from multiprocessing import resource_tracker

            resource_tracker.ensure_running()  # else it is begun with the first worker, and lets signals in after that
            held = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
            ends.callback(signal.pthread_sigmask, signal.SIG_SETMASK, held)
        yield


async def _killed(nannies: Sequence[Any]) -> None:
    """End worker processes in the middle of what they do: nobody wants it any more."""
    # closed, not killed alone: who looks after a worker that was killed begins another, which the end then waits for
    await asyncio.gather(*(nanny.close(timeout=_GRACE) for nanny in nannies), return_exceptions=True)


def results(
    client: Client,
    task: Callable[..., T],
    jobs: Sequence[tuple[Any, ...]],
    ticket: Ticket,
    stage: Text,
    told: Callable[[int, T | Exception], None] | None = None,
) -> list[T | Exception]:
    """Return what each job gave, in the order of the jobs; the exception of one that gave nothing.

    ``told`` is called with the place and the outcome of each job as soon as it is there. A job whose worker
    dies goes to another one, until it has been the end of several. Raises Cancelled where the ticket is, StorageFault
    where the scheduler goes away.
    """
    with _way():
        futures = client.map(task, *zip(*jobs, strict=True), pure=False) if jobs else []
    places = {future: place for place, future in enumerate(futures)}
    found: dict[int, Any] = {}
    waiting = set(futures)
    hands = _Hands(client)
    try:
        while waiting:
            ticket.step(stage, len(futures) - len(waiting), len(futures))
            done = _done(client, waiting)
            waiting -= done.keys()
            for future, outcome in done.items():
                found[places[future]] = outcome
                if told is not None:
                    told(places[future], outcome)
            if not done:
                hands.must_be_there()
    except BaseException:
        with suppress(StorageFault), _way():  # they are given up with their scheduler
            client.cancel(list(waiting))  # type: ignore[no-untyped-call]  # distributed's
        raise
    ticket.step(stage, len(futures), len(futures))
    return [found[place] for place in range(len(futures))]


def _done(client: Client, waiting: set[Future[Any]]) -> dict[Future[Any], Any]:
    """Return what is done after a moment: of each future what it gave, or its exception."""
    with _way():
        done, _ = first_of(client, waiting, _LOOK)
        return {future: _result(future) for future in done}


@contextmanager
def _way() -> Iterator[None]:
    """Raise StorageFault where the way to the scheduler breaks off; what a task raises is no matter of the way."""
    client = _distributed().client
    try:
        yield
    except (client.CancelledError, client.ClosedClientError, OSError) as error:
        raise StorageFault(_GONE) from error


class _Hands:
    """Whether there is any worker at all: without one a task waits for ever, and nothing says so."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._asked = self._seen = monotonic()

    def must_be_there(self) -> None:
        """Raise StorageFault where there has been no worker for as long as we have patience."""
        now = monotonic()
        if now - self._asked < _ASK:
            return
        self._asked = now
        with _way():
            workers_there = self._client.scheduler_info()["workers"]
        if workers_there:
            self._seen = now
        elif now - self._seen > _PATIENCE:
            raise StorageFault(_NO_HANDS)


def first_of(
    client: Client, waiting: set[Future[Any]], patience: float
) -> tuple[set[Future[Any]], set[Future[Any]]]:
    """Return which tasks are done once the first is, or after that many seconds, and which are not."""
    with client.as_current():
        try:
            done, rest = _distributed().wait(waiting, patience, "FIRST_COMPLETED")
        except TimeoutError:
            return set(), waiting
    return done, rest


class WorkersDied(Exception):
    """A task was the end of one worker after another."""


def _result(future: Future[Any]) -> Any:
    """Return what a task gave, or its exception: also where what it gave was lost with its worker and computed again."""
    error = future.exception()  # type: ignore[no-untyped-call]  # distributed's
    if error is None:
        try:
            return future.result()
        except Exception as broken:
            if future.status != "error":  # the way's fault, and not the task's
                raise
            error = broken
    return WorkersDied() if isinstance(error, _distributed().KilledWorker) else error


def _client(distributed: Any, address: str) -> Client:
    try:
        client: Client = distributed.Client(address, timeout=_PATIENCE)
    except (OSError, TimeoutError) as error:
        raise StorageFault(_SILENT.format(address)) from error
    except ValueError as error:
        message = _ADDRESS.format(address)
        raise InvalidInput(message, (Problem(message=message, value=address),)) from error
    return client


@contextmanager
def _spared() -> Iterator[None]:
    """Begin workers that keep memory for the next registry, and that nobody watches: an eighth of their work otherwise."""
    import dask

    with dask.config.set(
        {
            "distributed.nanny.pre-spawn-environ.MALLOC_TRIM_THRESHOLD_": _KEEPS,
            "distributed.worker.profile.enabled": False,
            "distributed.admin.system-monitor.gil.enabled": False,
        }
    ):
        yield


def _distributed() -> Any:
    try:
        import distributed
    except ModuleNotFoundError as error:
        raise InvalidInput(_LACKS) from error
    return distributed

"""Who may write a registry that lies on a network share: one, named, who shows that he is alive.

SQLite's locks can't be trusted there. A small file beside the registry says who writes, on which machine and in
which process, since when; its time of change is the sign of life, renewed while the registry is open. Others read
only and are told so. Whoever is known to be gone is taken over from; where that can't be known, take-over is offered
after some silence. On a local disk SQLite's own lock does, and no lease is taken.
"""

from __future__ import annotations

import json
import os
import platform
import threading
import time
import uuid
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Final

from app.errors import StorageFault
from app.files import put_new
from app.leftovers import REGISTRY, own_folder
from app.processes import is_gone, machine, machine_run, start_of
from app.text import Text, readable

if TYPE_CHECKING:
    from pathlib import Path

RENEWAL: Final = 30.0  # seconds between two signs of life
SILENCE: Final = 300.0  # seconds without one, after which take-over is offered
_RESTARTED: Final = (
    2 * RENEWAL
)  # seconds of silence after which another run of the same machine proves the end
_ENDING: Final = ".lease"
_LONGEST: Final = 1 << 16  # bytes of a lease
_TRIES: Final = 100
_SHOWN: Final = 60  # characters of a name that a stranger's file tells
_WRITTEN: Final = ("who", "machine", "since", "numbers", "run", "process", "started", "token")
_NUMBERS: Final = ("process", "started")


@dataclass(frozen=True, slots=True)
class Lease:
    """The one writer of a shared registry, as the lease says, and for how long it has been silent."""

    who: str
    machine: str
    since: str  # UTC
    numbers: str = ""  # what its process numbers are counted in
    run: str = ""  # of the machine: since it was started; "" where that can't be told
    process: int = 0
    started: int = 0
    token: str = ""
    silence: float = field(default=0.0, compare=False)  # seconds, by the share's own clock
    is_readable: bool = field(default=True, compare=False)

    @property
    def may_be_taken_over(self) -> bool:
        """Whether it has been silent for so long that a person may decide to take over."""
        return self.silence > SILENCE

    @property
    def words(self) -> Text:
        """What the others are told."""
        if not self.is_readable:
            return Text(
                "占用说明读不懂（可能写到一半断了电），不知道是谁在写，您现在只读。",
                "The note on who writes can't be read (the power may have gone while it was written); "
                "who writes is unknown, and you can only read.",
            )
        who, machine, since = _shown(self.who), _shown(self.machine), local(self.since)
        return Text(
            f"{who}（{machine}）从 {since} 起在写这本台账，您现在只读。",
            f"{who} ({machine}) has been writing this registry since {since}; you can only read.",
        )

    @property
    def risk(self) -> Text:
        """What is told before somebody takes over."""
        minutes = int(self.silence // 60)
        return Text(
            f"已有 {minutes} 分钟没有动静。对方若还开着，接过来以后他没有保存的改动就存不进来了；先问一声再接。",
            f"Silent for {minutes} minutes. If it is still open there, what was not saved yet can't be saved any more "
            "once you take over; ask first.",
        )

    @property
    def over(self) -> Text:
        """What is said of a lease whose holder is known to be gone, and which was taken over."""
        who, since = _shown(self.who), local(self.since)
        return Text(
            f"{who} 在这台机器上从 {since} 起写过这本台账，没有正常关上；现在由您写。",
            f"{who} has been writing this registry on this machine since {since}, and it was never closed; "
            "you write now.",
        )


def local(instant: str) -> str:
    """Return an instant in the reader's own time, to the minute; as it stands where it is none."""
    try:
        return f"{datetime.fromisoformat(instant).astimezone():%Y-%m-%d %H:%M}"
    except (ValueError, OverflowError, OSError):
        return _shown(instant)


def _shown(text: str) -> str:
    return "".join(sign if sign.isprintable() else "?" for sign in text[:_SHOWN])


def lease_path(registry: Path) -> Path:
    """Return where the lease of a registry lies."""
    return registry.with_name(registry.name + _ENDING)


def lease_of(registry: Path, ahead: float = 0.0) -> Lease | None:
    """Return the lease beside a registry as it is now, None where there is none.

    ``ahead``: by how many seconds the share's clock is before this machine's.
    """
    path = lease_path(registry)
    try:
        with path.open("rb") as file:
            status = os.fstat(file.fileno())
            text = file.read(_LONGEST)
    except FileNotFoundError:
        return None
    except OSError:
        return Lease("", "", "", is_readable=False)
    silence = max(0.0, time.time() + ahead - status.st_mtime)
    try:
        said = json.loads(text)
        known = {name: said[name] for name in _WRITTEN if name in said}
        if all(isinstance(value, int if name in _NUMBERS else str) for name, value in known.items()):
            return Lease(**known, silence=silence)
    except (ValueError, TypeError, RecursionError):  # cut off by a power cut, or no lease of ours
        pass
    return Lease("", "", "", silence=silence, is_readable=False)


class LeaseLost(StorageFault):
    """The lease is gone, or somebody else's: then nothing may be written any more."""

    def __init__(self, lease: Lease | None) -> None:
        self.lease = lease  # of somebody else
        if lease is None:
            message = Text(
                "没有保存：占用说明被删掉了，别人可能已经在写。确认没有人在写，重新打开再改。",
                "Not saved: the note that says who writes was deleted, and somebody else may be writing. "
                "Make sure that nobody is, and open the registry again.",
            )
        else:
            message = Text(f"没有保存：{lease.words.zh}", f"Not saved: {lease.words.en}")
        super().__init__(message)


class Held:
    """A lease that is ours until it is let go of, or until somebody else took it over."""

    def __init__(self, registry: Path, lease: Lease, over: Lease | None = None) -> None:
        self._registry = registry
        self.lease = lease
        self.over = over  # whose it was, where it was taken over
        self._turn = threading.Lock()
        self._beat: threading.Timer | None = None
        self._beat_later()

    def must_be_ours(self) -> None:
        """Raise LeaseLost if the lease is gone or somebody else's."""
        now = lease_of(self._registry)
        if now is None or now.token != self.lease.token:
            raise LeaseLost(now)

    def renew(self) -> None:
        """Give a sign of life: on the very file that is ours, so that nobody else's is ever touched."""
        try:
            with lease_path(self._registry).open("rb+") as file:
                if json.loads(file.read(_LONGEST)).get("token") == self.lease.token:
                    file.seek(0)
                    file.write(
                        b"{"
                    )  # it stands there: the share's own clock sets the time, nothing can be torn
        except (OSError, ValueError, AttributeError):
            return  # gone, or the share does not answer: the next write looks whose it is

    def _beat_later(self) -> None:
        self._beat = threading.Timer(RENEWAL, self._on_beat)
        self._beat.daemon = True
        self._beat.start()

    def _on_beat(self) -> None:
        with self._turn:
            if self._beat is threading.current_thread():  # not let go of meanwhile
                self.renew()
                self._beat_later()

    def release(self) -> None:
        """Let go of it, where it is still ours."""
        with self._turn:
            beat, self._beat = self._beat, None
        if beat is not None:
            beat.cancel()
            beat.join()
        _remove(self._registry, self.lease.token)


def take_lease(registry: Path, who: str, since: str, *, over: Lease | None = None) -> Held | Lease:
    """Take the lease; return it, or the one that somebody else holds.

    ``over``: a lease that a person decided to take over; it is, if it is silent still. One whose holder is known to be gone is taken over anyway.
    Raises OSError if the folder can't be written.
    """
    mine = Lease(
        who,
        readable(platform.node()),
        since,
        machine(),
        machine_run(),
        os.getpid(),
        start_of(os.getpid()) or 0,
        uuid.uuid4().hex,
    )
    former: Lease | None = None
    held = Lease("", "", "", is_readable=False)
    for _ in range(_TRIES):  # others may take and let go at the same moment
        ahead = _put(registry, mine)
        if ahead is None:
            return Held(registry, mine, former)
        found = lease_of(registry, ahead)
        if found is None:
            continue
        held = found
        is_it = over is not None and (held, held.is_readable) == (over, over.is_readable)
        is_wished = is_it and held.may_be_taken_over
        if not is_wished and not _is_gone(held, mine):
            break
        if _remove(registry, held.token):
            former = held
    return held


def _put(registry: Path, lease: Lease) -> float | None:
    """Write the lease aside and give it its name; if there is one already, return how far the share's clock is ahead.

    In seconds, before this machine's; None if the lease is in its place. Raises OSError.
    """
    path = lease_path(registry)
    said = {name: value for name, value in asdict(lease).items() if name in _WRITTEN}
    with own_folder(REGISTRY, registry.parent) as folder:
        draft = folder / "lease"
        draft.write_text(json.dumps(said), "ascii")
        ahead = draft.stat().st_mtime - time.time()
        try:
            put_new(draft, path)
        except FileExistsError:
            return ahead
    return None


def _remove(registry: Path, token: str) -> bool:
    """Take the lease of this token away; one that took its place meanwhile is put back. False if it was not there."""
    path = lease_path(registry)
    aside = registry.with_name(f".{uuid.uuid4().hex}{_ENDING}")
    try:
        path.rename(aside)
    except OSError:
        return False
    try:
        said = json.loads(aside.read_bytes() or b"{}")
        found = said.get("token", "") if isinstance(said, dict) else ""
    except ValueError:
        found = ""
    if found == token:
        aside.unlink(missing_ok=True)
        return True
    try:
        put_new(aside, path)
    except FileExistsError:  # a third was faster: whose lease was moved looks before writing, and stops
        aside.unlink(missing_ok=True)
    return False


def _is_gone(held: Lease, mine: Lease) -> bool:
    """Whether the holder of a lease is known to live no more."""
    if not held.is_readable or (held.machine, held.numbers) != (mine.machine, mine.numbers):
        return False
    if held.run != mine.run:  # the machine was started anew; a twin with the same name would still give signs
        return held.silence > _RESTARTED
    return is_gone(held.process, held.started)

"""How a server's failures read: as sentences that name the cause and what to do."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from psycopg import Error, errors
from sqlalchemy.exc import DBAPIError

from app.errors import Busy, Conflict, RegistryError, StorageFault
from app.persistence.shared.reasons import reason_of
from app.persistence.shared.refusals import NotStaff, Unreachable, not_yours
from app.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from app.persistence.shared.address import Address

# the schema is closed to whoever is not on the staff: its names are then unknown
_NOT_LET_IN: Final = (errors.UndefinedFunction, errors.UndefinedTable, errors.InvalidSchemaName)
_HELD: Final = (errors.LockNotAvailable, errors.DeadlockDetected, errors.SerializationFailure)


@contextmanager
def telling(address: Address, *, is_writing: bool) -> Iterator[None]:
    """Turn a failure of the server, or of the way to it, into one that a user can act on."""
    try:
        yield
    except (DBAPIError, Error) as error:  # the driver's own where rows are handed to it by the thousand
        orig = error.orig if isinstance(error, DBAPIError) else error
        known = told(orig, address, is_writing=is_writing)
        if known is None:
            raise
        raise known from error


def told(error: BaseException | None, address: Address, *, is_writing: bool) -> RegistryError | None:
    """Return a failure as a sentence, None where it is a fault of ours; only a write says that nothing was saved."""
    zh, en = ("没有保存。", " Nothing was saved.") if is_writing else ("", "")
    place = f"{address.host}/{address.database}"
    if isinstance(error, _HELD):
        return held(address, (), is_writing=is_writing)
    if isinstance(error, errors.InsufficientPrivilege):
        return not_yours()
    if isinstance(error, _NOT_LET_IN):
        return NotStaff(
            Text(
                f"您的登录名在 {place} 已经没有街道或网格，看不到也写不了。请管理员登记。",
                f"Your login has no street or grid in {place} any more, and sees and writes nothing there. Whoever keeps it "
                "has to say which.",
            )
        )
    if isinstance(error, errors.UniqueViolation):
        return Conflict(
            Text(
                f"编码刚被别人用掉。{zh}再做一次就用下一个。",
                f"Somebody else has just taken that code.{en} Do it again to get the next one.",
            )
        )
    if isinstance(error, errors.ReadOnlySqlTransaction):
        return StorageFault(
            Text(
                f"{place} 只让读，不让写。{zh}请服务器的管理员看看：它可能是只读的副本。",
                f"{place} lets nobody write.{en} Whoever keeps the server knows why: it may be a replica that is only read.",
            )
        )
    if isinstance(error, (errors.OperationalError, errors.InterfaceError)):
        why = reason_of(str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__)
        return Unreachable(
            Text(
                f"连不上 {place}：{why.zh}。{zh}看看网络、登录名和密码文件。",
                f"{place} can't be reached: {why.en}.{en} Look at the network, the login and the file of passwords.",
            )
        )
    return None


def held(address: Address, who: Sequence[str], *, is_writing: bool = True) -> Busy:
    """Return the refusal to wait longer for others. ``who``: the logins that hold what is waited for, where known."""
    zh, en = ("没有保存。", " Nothing was saved.") if is_writing else ("", "")
    place = f"{address.host}/{address.database}"
    zh_who, en_who = (f" {'、'.join(who)} ", ", ".join(who)) if who else ("别人", "Others")
    return Busy(
        Text(
            f"{place} 一直有{zh_who}在写，等了 10 秒。{zh}稍后再试；卡住的写入两分钟后由服务器放开。",
            f"{en_who} kept writing to {place} for 10 seconds.{en} Try again in a moment; the server lets go of a desk that "
            "hangs after two minutes.",
        )
    )


def unsure(address: Address) -> Unreachable:
    """Return that the way to the server broke just when it was to keep a change, and that nobody can say if it did."""
    place = f"{address.host}/{address.database}"
    return Unreachable(
        Text(
            f"保存的当口 {place} 断开了，还不知道存上没有。连上后先看记录里有没有这一步，没有再做一次。",
            f"The way to {place} broke just while it saved, and whether it did is not known. Once it is there again, look "
            "whether the step is in the journal, and do it again only where it is not.",
        )
    )

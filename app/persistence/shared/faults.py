"""How a server's failures read: as sentences that name the cause and what to do."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from psycopg import Error, connect, errors
from sqlalchemy.exc import DBAPIError

from app.errors import Busy, Conflict, RegistryError, StorageFault
from app.persistence.shared.reasons import reason_of
from app.persistence.shared.refusals import NotStaff, Unreachable, not_yours
from app.persistence.shared.tables import SCHEMA
from app.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from app.persistence.shared.address import Address

_PATIENCE: Final = 10  # seconds
# whose the registry is, and whether whoever asks may look into it; nothing where there is none
_STANDING: Final = """SELECT n.nspowner::regrole::text, has_schema_privilege(n.oid, 'USAGE')
    FROM pg_namespace n JOIN pg_class c ON c.relnamespace = n.oid AND c.relname = 'schema_step' WHERE n.nspname = %s"""
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
        return _why_unknown(address, is_writing=is_writing)
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
        said = str(error).strip()
        why, way_on = reason_of(said.splitlines()[0] if said else type(error).__name__)
        return Unreachable(
            Text(
                f"连不上 {place}：{why.zh}。{zh}{way_on.zh}",
                f"{place} can't be reached: {why.en}.{en} {way_on.en}",
            )
        )
    return None


def _why_unknown(address: Address, *, is_writing: bool) -> RegistryError | None:
    """Return why names of the registry are unknown, asked of the server anew: what failed can be asked nothing more."""
    try:
        with connect(
            host=address.host,
            port=address.port,
            dbname=address.database,
            user=address.login,
            connect_timeout=_PATIENCE,
        ) as asked:
            found = asked.execute(_STANDING, (SCHEMA,)).fetchone()
    except Error as error:
        return told(error, address, is_writing=is_writing)
    zh, en = ("没有保存。", " Nothing was saved.") if is_writing else ("", "")
    place = f"{address.host}/{address.database}"
    if found is None:
        return StorageFault(
            Text(
                f"{place} 里的台账不在了：也许正在换一本。{zh}请管理员看看，放好了再打开。",
                f"There is no registry in {place} any more; it may be just being replaced.{en} Ask whoever keeps it, and open "
                "it again.",
            )
        )
    keeper, is_let_in = found
    if is_let_in:
        return StorageFault(
            Text(
                f"{place} 里的台账缺这个版本的程序要用的东西。{zh}请 {keeper} 用这个版本打开一次。",
                f"The registry in {place} lacks what this version of the program uses.{en} {keeper} has to open it once "
                "with this version.",
            )
        )
    return NotStaff(
        Text(
            f"您的登录名在 {place} 已经没有街道或网格，看不到也写不了。请管理员登记。",
            f"Your login has no street or grid in {place} any more, and sees and writes nothing there. Whoever keeps it "
            "has to say which.",
        )
    )


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

"""The address of a shared registry: which server and which database, never a password."""

from __future__ import annotations

import re
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from app.errors import InvalidInput, Problem
from app.text import Text

_BEGINS: Final = re.compile(r"postgres(ql)?:(/|$)", re.IGNORECASE)
_WHOLE: Final = re.compile(
    r"(?i:postgres(?:ql)?):/{1,2}"  # a path on its way here has lost one of the two
    r"(?:(?P<login>[^:@/]+)(?P<secret>:[^/]*)?@)?(?P<host>[^:@/\[\]]+|\[[0-9A-Fa-f:.]+\])(?::(?P<port>\d{1,5}))?"
    r"/(?P<database>[^/?#@]+)/?"
)
# what other programs take behind an address; it may hold a password
_ASKING: Final = re.compile(rf"{_WHOLE.pattern}\?.*", re.IGNORECASE)
_PORTS: Final = range(1, 65_536)


@dataclass(frozen=True, slots=True)
class Address:
    """Where a shared registry is. ``login``: the role to come as; None: whoever the driver takes one for."""

    host: str
    database: str
    port: int | None = None
    login: str | None = None

    @property
    def text(self) -> str:
        """The address as it is typed."""
        who = "" if self.login is None else f"{self.login}@"
        port = "" if self.port is None else f":{self.port}"
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"postgresql://{who}{host}{port}/{self.database}"

    @property
    def path(self) -> Path:
        """The address where a path is asked for: nothing lies there, and its name is the database's."""
        return Path(self.text)


def must_have_driver() -> None:
    """Raise InvalidInput, with how to install it, where what talks to servers is not there."""
    if find_spec("psycopg") is None:
        message = Text(
            "共享台账要用 psycopg，本机没有装。装上再来：pip install 'compound-registry[server]'。",
            "A shared registry needs psycopg, which is not installed here: pip install 'compound-registry[server]'.",
        )
        raise InvalidInput(message, (Problem(message=message),))


def address_of(place: Path | str) -> Address | None:
    """Return the address that a path or a text is, None where it is none.

    Raises InvalidInput for one that is not whole, or that holds a password: it would stand in histories and lists.
    """
    text = place.as_posix() if isinstance(place, Path) else place
    if _BEGINS.match(text) is None:
        return None
    found = _WHOLE.fullmatch(text)
    if found is None and _ASKING.fullmatch(text):
        message = Text(
            "地址里问号后面的设置读不了，去掉它。加密怎么连写在 PGSSLMODE 里，例如 PGSSLMODE=verify-full。",
            "Settings after a question mark can't be part of an address; leave them out. PGSSLMODE says how it is encrypted, "
            "such as PGSSLMODE=verify-full.",
        )
        raise InvalidInput(message, (Problem(message=message),))
    if found is None:
        message = Text(
            "地址读不懂。写成 postgresql://主机/数据库，例如 postgresql://10.1.2.3:5432/yaohai。",
            "This address can't be read. Write postgresql://HOST/DATABASE, such as postgresql://10.1.2.3:5432/yaohai.",
        )
        raise InvalidInput(message, (Problem(message=message),))
    if found["secret"] is not None:
        message = Text(
            "地址里不写密码：它会留在历史和最近打开里。写进 ~/.pgpass（或 PGPASSFILE 指的文件）。",
            "No password in an address: it would stay in histories and lists. Put it into ~/.pgpass (or the file that "
            "PGPASSFILE names).",
        )
        raise InvalidInput(message, (Problem(message=message),))
    port = None if found["port"] is None else int(found["port"])
    if port is not None and port not in _PORTS:  # of 0 the driver would make its usual one: another server
        message = Text(
            f"端口 {port} 不对：写 1 到 65535，不写就是 5432。",
            f"There is no port {port}: give 1 to 65535, or none for 5432.",
        )
        raise InvalidInput(message, (Problem(message=message),))
    return Address(found["host"].strip("[]"), found["database"], port, found["login"])

"""Why a server can't be reached, in words of the user's language: what its driver says is said in English, or in the server's."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path
from typing import Final, NamedTuple

from app.text import Text


class Reason(NamedTuple):
    """Why, and what to do about it: half a sentence, and a whole one."""

    why: Text
    way_on: Text


_LOOK: Final = Text(
    "看看网络、登录名和密码文件。", "Look at the network, the login and the file of passwords."
)
_ADDRESS: Final = Text("看看地址。", "Look at the address.")
_LOGIN: Final = Text("看看登录名和密码文件。", "Look at the login and the file of passwords.")
_KEEPER: Final = Text("请服务器的管理员看看。", "Whoever keeps the server can see to it.")
_LATER: Final = Text("过一会儿再试。", "Try again in a moment.")
_ROOT: Final = Text(
    "请服务器的管理员给您签发者的证书，路径写在 PGSSLROOTCERT 里。",
    "Whoever keeps the server gives you its issuer's certificate; PGSSLROOTCERT says where it lies.",
)
_MODE: Final = Text(
    "看看 PGSSLMODE：disable、prefer、require、verify-ca 或 verify-full。",
    "Look at PGSSLMODE: disable, prefer, require, verify-ca or verify-full.",
)
# patterns of the driver's or the server's words → what they mean, and what to do; the first that fits
_MEANS: Final = (
    (
        (r'database ".*" does not exist',),
        Reason(Text("没有这个数据库", "there is no such database"), _ADDRESS),
    ),
    ((r'role ".*" does not exist',), Reason(Text("没有这个登录名", "there is no such login"), _LOGIN)),
    (
        ("no password supplied",),
        Reason(
            Text("密码文件里没有这个登录名的密码", "no password for this login in the file of passwords"),
            _LOGIN,
        ),
    ),
    (
        ("password authentication failed",),
        Reason(Text("登录名或密码不对", "the login or its password is wrong"), _LOGIN),
    ),
    (
        (r"no pg_hba\.conf entry.*no encryption",),
        Reason(
            Text("服务器只让加密的连接进来", "the server lets only encrypted connections in"),
            Text("把 PGSSLMODE 改成 require 或 verify-full。", "Set PGSSLMODE to require or verify-full."),
        ),
    ),
    (
        (r"no pg_hba\.conf entry", r"pg_hba\.conf rejects"),
        Reason(
            Text("服务器不让这台电脑或这个登录名连", "the server doesn't let this computer or login in"),
            _KEEPER,
        ),
    ),
    (
        ("permission denied for database",),
        Reason(Text("这个登录名不能进这个数据库", "this login may not enter the database"), _KEEPER),
    ),
    (
        (r"root certificate file .* does not exist", r"could not read root certificate"),
        Reason(
            Text(
                "要核对服务器的证书，可这台电脑上没有签发者的证书",
                "the server's certificate is to be checked, and its issuer's is not on this computer",
            ),
            _ROOT,
        ),
    ),
    (
        ("certificate verify failed",),
        Reason(
            Text(
                "服务器的证书不是您信任的签发者给的，也许连到了别的服务器",
                "the server's certificate is from no issuer that you trust; it may be another server",
            ),
            _ROOT,
        ),
    ),
    (
        ("does not match host name",),
        Reason(
            Text(
                "服务器的证书是给别的主机名的，也许连到了别的服务器",
                "the server's certificate is for another host name; it may be another server",
            ),
            Text("地址里的主机名照证书上的写。", "Write the host in the address as the certificate has it."),
        ),
    ),
    (
        ("server does not support SSL",),
        Reason(
            Text(
                "PGSSLMODE 要求加密，服务器没有开",
                "PGSSLMODE asks for encryption, which the server has not switched on",
            ),
            _KEEPER,
        ),
    ),
    (("invalid sslmode",), Reason(Text("PGSSLMODE 写得不对", "PGSSLMODE has no such value"), _MODE)),
    (
        ("failed to resolve", "could not translate host"),
        Reason(
            Text("找不到这台主机", "no such host is known"),
            Text("看看地址和网络。", "Look at the address and the network."),
        ),
    ),
    (
        ("connection refused",),
        Reason(
            Text("那里没有服务器应答", "no server answers there"),
            Text(
                "看看地址和端口，服务器开了没有。",
                "Look at host and port, and whether the server has been started.",
            ),
        ),
    ),
    (("timeout", "timed out"), Reason(Text("等不到应答", "no answer came in time"), _LOOK)),
    (
        ("no route to host", "network is unreachable"),
        Reason(Text("网络不通", "no network leads there"), Text("看看网络。", "Look at the network.")),
    ),
    (
        ("too many connections", "too many clients", "remaining connection slots"),
        Reason(Text("连接数满了", "it has as many connections as it takes"), _KEEPER),
    ),
    (
        ("no space left", "could not extend file", "disk full"),
        Reason(Text("服务器的磁盘满了", "the server's disk is full"), _KEEPER),
    ),
    (
        ("shutting down", "starting up"),
        Reason(Text("服务器正在启动或停止", "the server is starting or stopping"), _LATER),
    ),
    (
        (
            "terminating connection",
            "closed the connection",
            "connection is closed",
            "connection is lost",
            "consuming input failed",
        ),
        Reason(Text("连接断了", "the connection broke"), _LOOK),
    ),
)
_OTHER: Final = Text("服务器的原话是“{0}”", "it says: {0}")
_NOT_ALONE: Final = Reason(
    Text(
        "密码文件 {0} 别人也能读，所以没有用它",
        "others can read the file of passwords {0}, so it was not used",
    ),
    Text("只留给自己：chmod 600。", "Keep it to yourself: chmod 600."),
)
_OF_OTHERS: Final = 0o077  # what a group, or anybody, may do with a file


def reason_of(said: str) -> Reason:
    """Return what the words of a driver or a server mean; the words themselves where that is not known."""
    for patterns, meaning in _MEANS:
        if any(re.search(pattern, said, re.IGNORECASE) for pattern in patterns):
            open_file = _open_passwords() if "no password supplied" in said else None
            if open_file is not None:
                return Reason(_NOT_ALONE.why.format(open_file), _NOT_ALONE.way_on)
            return meaning
    return Reason(_OTHER.format(said), _LOOK)


def _open_passwords() -> Path | None:
    """Return the file of passwords where others can read it: clients of PostgreSQL take nothing from it then."""
    path = Path(os.environ.get("PGPASSFILE") or Path.home() / ".pgpass")
    if sys.platform == "win32" or not path.is_file():  # Windows knows no such rights
        return None
    return path if path.stat().st_mode & _OF_OTHERS else None

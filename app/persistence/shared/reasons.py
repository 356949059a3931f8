"""Why a server can't be reached, in words of the user's language: what its driver says is said in English, or in the server's."""

from __future__ import annotations

import re
from typing import Final

from app.text import Text

# patterns of the driver's or the server's words → what they mean; the first that fits
_MEANS: Final = (
    ((r'database ".*" does not exist',), Text("没有这个数据库", "there is no such database")),
    ((r'role ".*" does not exist',), Text("没有这个登录名", "there is no such login")),
    (
        ("no password supplied",),
        Text("密码文件里没有这个登录名的密码", "no password for this login in the file of passwords"),
    ),
    (
        ("password authentication failed",),
        Text("登录名或密码不对", "the login or its password is wrong"),
    ),
    (
        (r"no pg_hba\.conf entry", r"pg_hba\.conf rejects"),
        Text("服务器不让这台电脑或这个登录名连", "the server doesn't let this computer or login in"),
    ),
    (
        ("permission denied for database",),
        Text("这个登录名不能进这个数据库", "this login may not enter the database"),
    ),
    (("failed to resolve", "could not translate host"), Text("找不到这台主机", "no such host is known")),
    (("connection refused",), Text("那里没有服务器应答", "no server answers there")),
    (("timeout", "timed out"), Text("等不到应答", "no answer came in time")),
    (("no route to host", "network is unreachable"), Text("网络不通", "no network leads there")),
    (
        ("too many connections", "too many clients", "remaining connection slots"),
        Text("连接数满了", "it has as many connections as it takes"),
    ),
    (
        ("no space left", "could not extend file", "disk full"),
        Text("服务器的磁盘满了", "the server's disk is full"),
    ),
    (("shutting down", "starting up"), Text("服务器正在启动或停止", "the server is starting or stopping")),
    (
        (
            "terminating connection",
            "closed the connection",
            "connection is closed",
            "connection is lost",
            "consuming input failed",
        ),
        Text("连接断了", "the connection broke"),
    ),
)
_OTHER: Final = Text("服务器的原话是“{0}”", "it says: {0}")


def reason_of(said: str) -> Text:
    """Return what the words of a driver or a server mean; the words themselves where that is not known."""
    for patterns, meaning in _MEANS:
        if any(re.search(pattern, said, re.IGNORECASE) for pattern in patterns):
            return meaning
    return _OTHER.format(said)

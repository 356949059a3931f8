"""Addresses as people write them, and what is said where one leads nowhere."""

from __future__ import annotations

from contextlib import closing

import pytest

from app.errors import InvalidInput
from app.persistence.shared.address import address_of
from app.persistence.shared.reasons import reason_of
from tests.app.builders import a_small_registry
from ui.cli.run import run


@pytest.mark.parametrize(
    "written",
    [
        "postgresql://lina@[::1]:5433/yaohai",
        "POSTGRESQL://lina@[::1]:5433/yaohai",
        "postgres://lina@[::1]:5433/yaohai/",
    ],
)
def test_that_an_address_is_read_back_as_it_was_meant(written):
    address = address_of(written)
    assert (address.host, address.port, address.login, address.database) == ("::1", 5433, "lina", "yaohai")
    assert address_of(address.path) == address_of(address.text) == address


@pytest.mark.parametrize("port", ["0", "00", "65536", "99999"])
def test_that_a_port_that_there_is_not_is_refused_and_not_another_taken(port):
    with pytest.raises(InvalidInput, match="端口"):
        address_of(f"postgresql://lina@db:{port}/yaohai")


def test_that_what_a_server_answers_is_told_in_the_users_language(
    tmp_path, server, new_address, capsys, monkeypatch
):
    address = new_address().as_posix()
    start, database = address.rsplit("/", 1)
    said = []
    for asked in (
        f"{start}/没有",
        address.replace("keeper@", "谁@"),
        address.replace(f":{server.port}", ":1"),
    ):
        assert run(["list", asked, "compounds"]) == 4
        said.append(capsys.readouterr().err)
    assert ["没有这个数据库" in said[0], "登录名或密码不对" in said[1], "没有服务器应答" in said[2]] == [
        True
    ] * 3
    assert not any("connection" in one or "FATAL" in one for one in said)
    with server.connect("postgres") as admin:
        admin.execute(f"ALTER DATABASE {database} SET default_transaction_read_only = on")
    with closing(a_small_registry(tmp_path)) as registry:
        path = registry.path
    assert run(["copy", str(path), address]) == 4
    assert "不让写" in capsys.readouterr().err
    monkeypatch.setenv("PGPASSFILE", str(tmp_path / "none"))
    assert run(["list", address, "compounds"]) == 4
    assert "密码文件里没有" in capsys.readouterr().err


@pytest.mark.parametrize(
    "part", ["postgresql:", "postgresql://", "postgresql:///yaohai", "Postgres://lina@db/"]
)
def test_that_half_an_address_is_no_file(part):
    with pytest.raises(InvalidInput, match="地址读不懂"):
        address_of(part)


def test_that_words_that_nobody_knows_are_told_as_they_are():
    assert "blue moon" in reason_of("blue moon").zh

"""Addresses as people write them, and what is said where one leads nowhere."""

from __future__ import annotations

from contextlib import closing

import pytest

from app.errors import InvalidInput, StorageFault
from app.persistence.shared.address import address_of
from app.persistence.shared.reasons import reason_of
from app.persistence.shared.refusals import NotStaff
from app.persistence.shared.store import SharedStore
from scripts.trial_server import KEEPER
from tests.app.builders import a_small_registry
from tests.servers import TESTER
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
    assert "blue moon" in reason_of("blue moon").why.zh


@pytest.mark.parametrize(
    ("said", "told"),
    [  # as libpq 15 to 17 say it
        ('root certificate file "/home/li/.postgresql/root.crt" does not exist', "PGSSLROOTCERT"),
        ("SSL error: certificate verify failed", "不是您信任的签发者"),
        (
            'server certificate for "db.example" (and 1 other name) does not match host name "10.1.2.3"',
            "别的主机名",
        ),
        ("server does not support SSL, but SSL was required", "服务器没有开"),
        ('invalid sslmode value: "nonsense"', "verify-full"),
        ('FATAL:  no pg_hba.conf entry for host "10.1.2.3", user "li", database "y", no encryption', "加密"),
    ],
)
def test_that_a_certificate_that_does_not_fit_is_told_with_what_to_do(said, told):
    reason = reason_of(f'connection failed: connection to server at "10.1.2.3", port 5432 failed: {said}')
    assert told in f"{reason.why.zh}。{reason.way_on.zh}"
    assert "connection" not in reason.why.zh


def test_that_settings_behind_an_address_are_told_where_they_belong():
    with pytest.raises(InvalidInput, match="PGSSLMODE"):
        address_of("postgresql://lina@db/yaohai?sslmode=verify-full")


def test_that_a_file_of_passwords_that_others_may_read_is_named(
    server, new_address, capsys, tmp_path, monkeypatch
):
    address, passwords = new_address(), tmp_path / "passwords"
    passwords.write_bytes(server.passfile.read_bytes())
    passwords.chmod(0o644)
    monkeypatch.setenv("PGPASSFILE", str(passwords))
    assert run(["list", address.as_posix(), "compounds"]) == 4
    said = capsys.readouterr().err
    assert str(passwords) in said
    assert "chmod 600" in said


def test_that_a_schema_of_others_is_not_told_as_a_registry(tmp_path, server, new_address, capsys):
    address = new_address().as_posix()
    with server.connect(address.rsplit("/", 1)[1]) as admin:
        admin.execute("CREATE SCHEMA registry")
    with closing(a_small_registry(tmp_path)) as registry:
        path = registry.path
    for asked in (["copy", str(path), address], ["list", address, "compounds"]):
        assert run(asked) == 2
        assert "不是台账" in capsys.readouterr().err


def test_that_a_registry_that_is_gone_or_lacks_something_is_not_told_as_a_login_without_grid(
    tmp_path, server, on_server
):
    with closing(a_small_registry(tmp_path)) as registry:
        path = registry.path
    address = address_of(on_server(path))
    with server.connect(address.database) as admin, closing(SharedStore(address)) as store:
        admin.execute("ALTER FUNCTION registry.moves() RENAME TO other")
        with pytest.raises(StorageFault, match=f"请 {KEEPER} 用这个版本打开一次"):
            store.load()
        admin.execute(f"REVOKE USAGE ON SCHEMA registry FROM {TESTER}")
        with pytest.raises(NotStaff, match="没有街道或网格"):
            store.load()
        admin.execute("DROP SCHEMA registry CASCADE")  # as before a purged registry is put back
        with pytest.raises(StorageFault, match="台账不在了"):
            store.load()

"""Whether a server is there at all: asked before a login, so that a refusal is not taken for a line that is cut."""

from __future__ import annotations

import socket
import struct
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from app.persistence.shared.address import Address

_PATIENCE: Final = 3.0  # seconds
_PORT: Final = 5432
_ASKED: Final = struct.pack(
    "!ii", 8, 80877103
)  # PostgreSQL's protocol 55.7, SSLRequest: may this be encrypted
_ANSWERS: Final = (b"S", b"N", b"E")


def answers(address: Address) -> bool:
    """Whether a PostgreSQL answers at an address, whatever it would say to our login."""
    try:
        with socket.create_connection((address.host, address.port or _PORT), timeout=_PATIENCE) as line:
            line.sendall(_ASKED)
            return line.recv(1) in _ANSWERS
    except OSError:
        return False

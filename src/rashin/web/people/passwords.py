"""Argon2id with a cap on how many hashes are computed at once: fifty people signing in together must not exhaust the memory."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from django.contrib.auth.hashers import Argon2PasswordHasher

_AT_ONCE = threading.BoundedSemaphore(2)
_own = threading.local()


@contextmanager
def turn() -> Iterator[None]:
    """Be one of the two who may hash, within the block; who is one already goes on."""
    if getattr(_own, "has_turn", False):
        yield
        return
    with _AT_ONCE:
        _own.has_turn = True
        try:
            yield
        finally:
            _own.has_turn = False


class CappedArgon2(Argon2PasswordHasher):
    """Django's Argon2id, at most two at a time (each takes 64 MiB or more)."""

    algorithm = "argon2"
    memory_cost = 65536
    time_cost = 3
    parallelism = 1

    def encode(self, password: str, salt: str) -> str:
        """Hash a password."""
        with turn():
            return super().encode(password, salt)

    def verify(self, password: str, encoded: str) -> bool:
        """Compare a password with its hash."""
        with turn():
            return super().verify(password, encoded)

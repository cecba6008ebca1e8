"""Argon2id with a cap on how many hashes are computed at once: fifty people signing in together must not exhaust the memory."""

from __future__ import annotations

import threading

from django.contrib.auth.hashers import Argon2PasswordHasher

_AT_ONCE = threading.BoundedSemaphore(2)


class CappedArgon2(Argon2PasswordHasher):
    """Django's Argon2id, at most two at a time (each takes 64 MiB or more)."""

    algorithm = "argon2"
    memory_cost = 65536
    time_cost = 3
    parallelism = 1

    def encode(self, password: str, salt: str) -> str:
        """Hash a password."""
        with _AT_ONCE:
            return super().encode(password, salt)

    def verify(self, password: str, encoded: str) -> bool:
        """Compare a password with its hash."""
        with _AT_ONCE:
            return super().verify(password, encoded)

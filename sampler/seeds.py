"""Seeds derived from other seeds, the same on every machine."""

from __future__ import annotations

import hashlib

SEED_BITS = 63


def derive(seed: int, *parts: int | str) -> int:
    """A seed in ``[0, 2**63)`` that depends on ``seed`` and every part, in order.

    BLAKE2b of the parts' text; independent streams for different parts, no arithmetic that could collide
    (as ``seed + i`` would between neighbouring runs).
    """
    key = "\x1f".join(str(part) for part in (seed, *parts)).encode()
    return int.from_bytes(hashlib.blake2b(key, digest_size=8).digest(), "big") >> (64 - SEED_BITS)

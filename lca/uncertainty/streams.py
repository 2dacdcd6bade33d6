"""One stream of random numbers per quantity, named by seed, quantity and chunk of runs.

A quantity draws the same numbers wherever it is used, whatever else is drawn, in whichever order
and on however many threads. Two results that share a quantity therefore share its draws, and their
difference is free of it (common random numbers). SFC64 is the fastest generator of NumPy for
normal scores; its 192 bits of state are the SHA-256 of the name.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256

import numpy as np
from numpy.random.bit_generator import ISeedSequence
from numpy.typing import NDArray

CHUNK = 8_192
"""Runs that one generator serves; a unit of parallel work, and part of what a seed means."""


@dataclass(frozen=True, slots=True)
class _Words(ISeedSequence):
    """Seed words that are already random."""

    words: NDArray[np.uint64]

    def generate_state(
        self,
        n_words: int,
        dtype: object = np.uint32,
    ) -> NDArray[np.uint32] | NDArray[np.uint64]:
        """Return the words; SFC64 asks for three of 64 bits."""
        if np.dtype(dtype) != np.uint64 or n_words > len(self.words):  # type: ignore[call-overload]
            raise ValueError("a generator that is not SFC64")
        return self.words[:n_words]


def stream(seed: int, name: str, chunk: int) -> np.random.Generator:
    """Return the generator of a quantity for one chunk of runs.

    Parameters
    ----------
    seed
        Any integer; the same seed gives the same numbers on every machine with the same NumPy.
    name
        Name of the quantity.
    chunk
        Number of the chunk, from 0.
    """
    digest = sha256(f"{seed}\0{chunk}\0{name}".encode()).digest()
    words = _Words(np.frombuffer(digest, dtype="<u8"))
    # The stubs know SeedSequence only; the interface it implements is what NumPy asks for.
    return np.random.Generator(np.random.SFC64(words))  # type: ignore[arg-type]

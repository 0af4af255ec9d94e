"""The sentences of the sample month, kept as data in `phrases.toml`."""

import random
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

FILE = Path(__file__).with_name("phrases.toml")


@cache
def phrases() -> Mapping[str, tuple[str, ...]]:
    """Every occasion with what may be written on it."""
    return {occasion: tuple(said) for occasion, said in tomllib.loads(FILE.read_text("utf-8")).items()}


def say(dice: random.Random, occasion: str, **filled: str) -> str:
    """One of the sentences for an occasion, its blanks filled."""
    return dice.choice(phrases()[occasion]).format(**filled)

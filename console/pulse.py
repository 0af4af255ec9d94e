"""One look at the views' position for everybody who watches a page, and the stream that tells them it moved.

The stream carries a position and a mark of the claims and nothing else, so it cannot show anybody an order that is
not theirs; each page then asks for its own rows with its own rights.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping

import anyio.to_thread
from sqlalchemy.exc import SQLAlchemyError

from terms.errors import DingzeError

EVERY = 0.3  # seconds between two looks
SILENCE = 20.0  # seconds after which a comment keeps proxies from closing the line


class Pulse:
    """Watches some marks, by the name of their event, and wakes whoever waits for one of them to move."""

    def __init__(self, look: Callable[[], Mapping[str, str]]) -> None:
        self._look = look
        self._marks: Mapping[str, str] = {}
        self._moved = asyncio.Event()
        self._watching = 0

    async def beat(self) -> None:
        """Look again and again, while somebody watches; ends when cancelled."""
        while True:
            if self._watching:
                await self._once()
            await asyncio.sleep(EVERY)

    async def _once(self) -> None:
        try:
            marks = await anyio.to_thread.run_sync(self._look)
        except (DingzeError, SQLAlchemyError):
            return  # the database is away for the moment; the next look tells
        if marks != self._marks:
            self._marks = marks
            self._moved.set()
            self._moved = asyncio.Event()

    async def stream(self) -> AsyncIterator[str]:
        """Server-sent events: each mark under its name, now and whenever it moves."""
        self._watching += 1
        try:
            told: dict[str, str] = {}
            yield "retry: 3000\n\n"
            while True:
                moved = self._moved
                for name, mark in self._marks.items():
                    if told.get(name) != mark:
                        told[name] = mark
                        yield f"event: {name}\ndata: {mark}\n\n"
                try:
                    await asyncio.wait_for(moved.wait(), SILENCE)
                except TimeoutError:
                    yield ": still here\n\n"
        finally:
            self._watching -= 1

"""One look at the views' position for everybody who watches a page, and the stream that tells them it moved.

The stream carries a position and nothing else, so it cannot show anybody an order that is not theirs; each page then
asks for its own rows with its own rights.
"""

import asyncio
from collections.abc import AsyncIterator, Callable

import anyio.to_thread

from terms.errors import DingzeError

EVERY = 0.3  # seconds between two looks
SILENCE = 20.0  # seconds after which a comment keeps proxies from closing the line


class Pulse:
    """Watches a position and wakes whoever waits for it to move."""

    def __init__(self, look: Callable[[], int]) -> None:
        self._look = look
        self._position = 0
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
            position = await anyio.to_thread.run_sync(self._look)
        except DingzeError:
            return  # the database is away for the moment; the next look tells
        if position != self._position:
            self._position = position
            self._moved.set()
            self._moved = asyncio.Event()

    async def stream(self) -> AsyncIterator[str]:
        """Server-sent events: `moved` with the position, now and whenever it moves."""
        self._watching += 1
        try:
            told = -1
            yield "retry: 3000\n\n"
            while True:
                moved = self._moved
                if self._position != told:
                    told = self._position
                    yield f"event: moved\ndata: {told}\n\n"
                try:
                    await asyncio.wait_for(moved.wait(), SILENCE)
                except TimeoutError:
                    yield ": still here\n\n"
        finally:
            self._watching -= 1

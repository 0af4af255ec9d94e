"""One way to cut a list into pages: the rows of a page, and what its foot says."""

from collections.abc import Sequence
from typing import TypeVar

Row = TypeVar("Row")
PAGE = 50  # rows


def paged(rows: Sequence[Row], page: int, size: int = PAGE) -> tuple[list[Row], dict[str, int]]:
    """The rows of a page, the last one where there are fewer; and `total`, `page` and `pages` for the foot."""
    pages = max(1, -(-len(rows) // size))
    here = min(page, pages)
    return list(rows[(here - 1) * size : here * size]), {"total": len(rows), "page": here, "pages": pages}

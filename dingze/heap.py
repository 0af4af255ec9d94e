"""What a process loads once and keeps: the search for cycles need not walk it again and again."""

import gc

# Objects made before young ones are searched, and how many such searches before older ones are: the rows of one answer
# are tens of thousands, all freed with it, and searching them again and again while they are read finds nothing.
_OFTEN = (20_000, 20, 20)


def keep_aside() -> None:
    """Set everything alive now aside for good, when a process has loaded what it keeps and before it serves.

    A full search walks some 170,000 objects of libraries, models and the register, and whoever asked for a page
    meanwhile waited for it (`python -m bench.at_size`: 150 ms in one question of twenty). They are still freed when
    nothing refers to them. From now on cycles are searched for less often.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*_OFTEN)

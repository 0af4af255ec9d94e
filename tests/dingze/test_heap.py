"""What a process keeps is set aside before it serves."""

import gc

from dingze.heap import keep_aside


def test_what_a_process_has_loaded_is_not_walked_again_in_search_of_cycles() -> None:
    before = gc.get_freeze_count()
    keep_aside()
    try:
        assert gc.get_freeze_count() > before + 50_000
        loop: list[object] = []
        loop.append(loop)
        del loop
        assert gc.collect() >= 1, "what comes later is still searched"
    finally:
        gc.unfreeze()

"""What cutting a letter into words costs, by each cutter: `python -m bench.cutting`. All three cut the same words."""

import json
import tempfile
import time
from typing import Any

import jieba

from bench.routing import LETTERS, letters
from routing.reading import LONGEST
from routing.text import FastSegmenter, normalise, segmenter


def measure() -> dict[str, Any]:
    """Microseconds of processor time a letter, the best of three rounds over all letters."""
    if not LETTERS.exists():
        return {"not measured": f"not there: {LETTERS}"}
    texts = [normalise(row.text).text[:LONGEST] for row in letters()]
    with tempfile.TemporaryDirectory() as folder:
        plain = jieba.Tokenizer()
        plain.tmp_dir = folder
        plain.initialize()
    cutters = {
        "jieba": lambda text: plain.lcut(text, HMM=False),
        "jieba's dictionary, our loop": segmenter().words,
        "rjieba": FastSegmenter().words,
    }
    found: dict[str, Any] = {}
    for name, cut in cutters.items():
        rounds = []
        for _ in range(3):
            began = time.process_time()
            for text in texts:
                cut(text)
            rounds.append(time.process_time() - began)
        found[name] = round(min(rounds) / len(texts) * 1_000_000)
    return found


if __name__ == "__main__":
    print(json.dumps(measure(), ensure_ascii=False))

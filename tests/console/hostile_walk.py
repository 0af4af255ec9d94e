"""The console's whole surface, read off its own routes, and hostile requests for every place a value can stand in.

A place of the surface is a route and a method, once for each name its path may hold (`slug`, a command, a kind of
paper). Query parameters and headers come from the routes; the fields of a form are learned from what the route asks
of it, which `asked` writes down; the fields of a command come from its schema. So a route that is added is walked at
once, and one whose path holds a name nobody listed here fails the test that reads the surface.
"""

import json
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from html.parser import HTMLParser
from typing import Any, Literal
from urllib.parse import parse_qsl, quote, unquote

from fastapi import FastAPI
from fastapi.routing import APIRoute

from casework.permissions import PERMISSIONS
from console import forms
from console.bianban import assessment_actions, case_actions, digest_actions, finding_actions
from console.bianban.case_what_if import SOURCES
from console.interface.doors import DOORS
from console.interface.events_out import CONSUMERS
from console.interface.schema import givable, openapi
from console.leaders import score_actions
from console.orders.page import ACTIONS
from console.papers import paper_actions
from console.papers.drafting import DRAFTS
from tests.ingest import hostile

TODAY = "2026-11-16"
PHONE = "13900004321"  # a mark: where it stands in a log or a metric, so would a caller's own
TAG = f"<q{PHONE}>"
PAYLOADS = (
    *(str(one) for one in hostile.PAYLOADS if len(str(one)) < 2_000),
    f'"><script>alert({PHONE})</script>', f"'><img src=x onerror=alert(1)>{PHONE}", f'" onfocus="alert(1)" {PHONE}',
    f"=cmd|' /C calc'!A0 {PHONE}", f"'; DROP TABLE events; -- {PHONE}", f"../../../{PHONE}", f"{{{{7*7}}}}{PHONE}",
    f"\r\nSet-Cookie: a={PHONE}", f"javascript:alert({PHONE})", f"//evil.example/{PHONE}", "9" * 25, "-1", "2" * 19,
    "1e5", "²", "٣", "2026-11-16T09:00", "2026-W47-1", "20261116", "9999-12-31", "0001-01-01", "C03", "C03 \u202e",
)  # fmt: skip
RAW = (TAG, "<script>alert", "<img src=x", '" onfocus=')  # payloads as markup would be
MATTERS: Mapping[str, Mapping[str, tuple[str, ...]]] = {  # what a path names on purpose, by the route's path
    "/act/{slug}/{order_no:path}": {"slug": tuple(ACTIONS)},
    "/cases/act/{slug}/{number:path}": {"slug": tuple(one.slug for one in case_actions.ACTIONS)},
    "/cases/what-if/{slug}/{number:path}": {"slug": ("drafted", *SOURCES)},
    "/findings/act/{slug}/{number:path}": {"slug": tuple(one.slug for one in finding_actions.ACTIONS)},
    "/digests/act/{slug}/{number:path}": {"slug": tuple(one.slug for one in digest_actions.ACTIONS)},
    "/assessments/act/{slug}/{number:path}": {"slug": tuple(one.slug for one in assessment_actions.ACTIONS)},
    "/papers/act/{slug}/{number:path}": {"slug": tuple(one.slug for one in paper_actions.ACTIONS)},
    "/papers/draft/{kind}/{number:path}": {"kind": tuple(DRAFTS)},
    "/scores/act/{slug}/{quarter_name}": {"slug": tuple(one.slug for one in score_actions.ACTIONS)},
    "/mandates/drafts/act/{slug}/{draft}": {"slug": ("agree", "send-back", "withdraw", "put-in-force")},
    "/mandates/wordings/{answer}": {"answer": ("accept", "reject")},
    "/people/act/{slug}/{account}": {
        "slug": ("reset", "token", "change", "disable", "enable", "unlock", "revoke", "sign-out"),
    },
    "/disputes/digest.{form}": {"form": ("docx", "xlsx")},
    "/exports/{consumer}.ndjson": {"consumer": tuple(CONSUMERS)},
    "/api/v1/cases/{case_no:path}/signed/{name}": {"name": ("RecordDecision", "FileMinutes")},
} | {
    f"/api/v1/{door.path}/{{{name}}}/commands/{{name}}": {"name": givable(door)}
    for door, name in zip(
        DOORS,
        ("order_no:path", "case_no:path", "finding_no:path", "digest_no:path", "paper_no:path", "quarter",
         "sheet_no:path"),
        strict=True,
    )
}  # fmt: skip
SHOWN_AT_MOST = 12  # links and forms of a place that are remembered
NAMING = frozenset({"slug", "name", "kind", "answer", "form", "consumer"})
ENDLESS = frozenset({"/moved"})  # a stream of events without any value in it: tests/console/test_inside.py

asked: set[str] = set()  # the names of fields that routes have asked of forms since it was cleared
brought: set[str] = set()  # and of single files


class Listening(dict[str, Any]):
    """The fields of a form, which writes down what is asked of it."""

    def __init__(self, fields: Mapping[str, Any], heard: set[str]) -> None:
        super().__init__(fields)
        self._heard = heard

    def get(self, name: str, default: Any = None) -> Any:
        """As a dictionary does."""
        self._heard.add(name)
        return super().get(name, default)

    def __getitem__(self, name: str) -> Any:
        self._heard.add(name)
        return super().__getitem__(name)

    def __contains__(self, name: object) -> bool:
        self._heard.add(str(name))
        return super().__contains__(name)


def listening(read: Any) -> Any:
    """`Filled.of`, so that what routes ask is heard."""

    def of(*given: Any, **named: Any) -> forms.Filled:
        found: forms.Filled = read(*given, **named)
        return replace(found, values=Listening(found.values, asked), scans=Listening(found.scans, brought))

    return of


@dataclass(frozen=True, slots=True)
class Shown:
    """A link or form as a page showed it to somebody: its address, and a form's fields with what they may hold."""

    account: str
    address: str
    fields: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


class Reading(HTMLParser):
    """The links and the forms to be posted of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.links: set[str] = set()
        self.forms: list[tuple[str, dict[str, list[str]]]] = []
        self._fields: dict[str, list[str]] | None = None
        self._choice: list[str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what a tag leads to or asks for."""
        told = {name: value or "" for name, value in attrs}
        if tag == "a" and told.get("href", "").startswith("/"):
            self.links.add(told["href"].partition("#")[0])
        if tag == "form":
            self._fields = {} if told.get("method") == "post" and "action" in told else None
            if self._fields is not None:
                self.forms.append((told["action"], self._fields))
        elif self._fields is not None and (name := told.get("name", "")) not in ("", "csrf", "seen"):
            values = self._fields.setdefault(name, [])
            if tag == "select":
                self._choice = values
            else:
                values += [TODAY] if told.get("type") == "date" else [told["value"]] if told.get("value") else []
        elif tag == "option" and self._choice is not None:
            self._choice += [told["value"]] if told.get("value") else []

    def handle_endtag(self, tag: str) -> None:
        """A form or a choice is over."""
        if tag == "form":
            self._fields = None
        if tag == "select":
            self._choice = None


@dataclass(eq=False)
class Spot:
    """One place of the surface. `fields` and `files` grow as the form is learned, `schema` is a command's."""

    route: APIRoute
    method: str
    names: Mapping[str, str]
    query: tuple[str, ...]
    body: Literal["none", "form", "command", "orders", "json"]
    schema: Mapping[str, Any] = field(default_factory=dict)
    fields: set[str] = field(default_factory=set)
    files: set[str] = field(default_factory=set)
    shown: list["Shown"] = field(default_factory=list)  # where pages led to it

    @property
    def takes_files(self) -> bool:
        """Whether its form brings files to be kept, or looked at."""
        return self.route.path.startswith(("/act/", "/mandates/import"))

    def leads_here(self, address: str) -> bool:
        """Whether an address is one of this place."""
        match = self.route.path_regex.match(unquote(address.partition("?")[0]))
        return bool(match) and all(match[name] == value for name, value in self.names.items())

    def __str__(self) -> str:
        return f"{self.method} {self.route.path} {'/'.join(self.names.values())}".strip()


class Surface:
    """Every place of the console, and where its pages lead."""

    def __init__(self, app: FastAPI) -> None:
        self.spots = [spot for route in _routes(app) if route.path not in ENDLESS for spot in _spots(route)]
        self._by_start: dict[tuple[str, str], list[Spot]] = {}
        self._fitting: dict[str, str] = {}  # account, by place and by the first part of a path
        for spot in self.spots:
            self._by_start.setdefault((spot.method, _start(spot.route.path)), []).append(spot)

    def fits(self, spot: Spot, account: str) -> None:
        """Remember who was not turned away for what they are."""
        self._fitting[str(spot)] = self._fitting[_start(spot.route.path)] = account

    def fitting(self, spot: Spot) -> str:
        """Who was not turned away here, or else next door; "" when nobody was yet."""
        return self._fitting.get(str(spot)) or self._fitting.get(_start(spot.route.path), "")

    def note(self, method: str, shown: Shown) -> Spot | None:
        """Keep a link or form with the place it leads to; None for one that leads out of the console."""
        for spot in self._by_start.get((method, _start(shown.address)), ()):
            if spot.leads_here(shown.address):
                spot.shown = [*spot.shown[-SHOWN_AT_MOST:], shown]
                return spot
        return None


def _start(path: str) -> str:
    return path.split("?")[0].split("/")[1].partition(".")[0]


def _routes(app: Any) -> Iterator[APIRoute]:
    for one in app.routes:
        if isinstance(one, APIRoute):
            yield one
        elif hasattr(one, "original_router"):
            yield from _routes(one.original_router)


def _spots(route: APIRoute) -> Iterator[Spot]:
    naming = {one.name for one in route.dependant.path_params} & NAMING
    if naming and "/figures/" not in route.path:
        assert set(MATTERS.get(route.path, {})) == naming, f"say in MATTERS which names {route.path} may hold"
    chosen = MATTERS.get(route.path, {})
    (parameter, values), *_ = [*chosen.items(), ("", ("",))]
    calls = {getattr(one.call, "__name__", "") for one in route.dependant.dependencies}
    body: Any = "none"
    if "filled" in calls:
        body = "form"
    elif "read_body" in calls:
        body = "command" if "commands" in route.path else "orders"
    elif route.dependant.body_params:
        body = "json"
    schemas = openapi()["components"]["schemas"]
    for method in sorted(route.methods - {"HEAD"}):
        for value in values:
            schema = schemas[value] if body == "command" else schemas["RouteQuestion"] if body == "json" else {}
            yield Spot(
                route, method, {parameter: value} if parameter else {}, tuple(sorted(_asked(route.dependant))), body,
                schema,
            )  # fmt: skip


def _asked(dependant: Any) -> Iterator[str]:
    for one in dependant.query_params:
        model = getattr(one.field_info.annotation, "model_fields", None)
        yield from model or (one.alias,)
    for inner in dependant.dependencies:
        yield from _asked(inner)


class Attacker:
    """Requests to one place, by chance: mostly honest in all but one or two values, so that they come far."""

    def __init__(self, chance: random.Random, honest: Mapping[str, tuple[str, ...]], files: tuple[bytes, ...]) -> None:
        self._chance = chance
        self._honest = honest  # by what a place is called; "" for any other
        self._files = files
        self._share = 0.0

    def take_aim(self) -> None:
        """Before each request: how many of its values are hostile. Where none is, what others left is looked at."""
        self._share = self._chance.choice((0.0, 0.12, 0.12, 0.25, 0.6))

    def text(self) -> str:
        """One hostile text, half of the time with the mark at its end."""
        found = self._chance.choice(PAYLOADS) if self._chance.random() < 0.9 else str(hostile.value(self._chance))
        return found[:3_000] + (TAG if self._chance.random() < 0.5 else "")

    def honest(self, name: str) -> str:
        """A value that may well stand there."""
        plain = name.rpartition("-")[0] if name.rpartition("-")[2].isdigit() else name
        return self._chance.choice(self._honest.get(plain, self._honest[""]))

    def either(self, name: str) -> str:
        """A hostile value for a share of the places, else an honest one."""
        return self.either_of(name, ())

    def either_of(self, name: str, values: Sequence[str]) -> str:
        """The same, where the honest values are known."""
        if self._chance.random() < self._share:
            return self.text()
        return self._chance.choice(values) if values else self.honest(name)

    def shown_address(self, spot: Spot, address: str) -> str:
        """An address that a page showed, with wounds."""
        path, _, query = address.partition("?")
        if self._chance.random() < self._share / 3:
            path = path.rpartition("/")[0] + "/" + self._quoted(self.text())
        told = [(name, self.either_of(name, (value,))) for name, value in parse_qsl(query)]
        told += [(name, self.either(name)) for name in spot.query if self._chance.random() < self._share]
        return path + "?" * bool(told) + "&".join(f"{quote(name)}={self._quoted(value)}" for name, value in told)

    def address(self, spot: Spot) -> str:
        """The path and query of a request."""
        path = spot.route.path
        for one in spot.route.dependant.path_params:
            kind = path.split("/")[1 if not path.startswith("/api/") else 3]
            value = spot.names.get(one.name) or self.honest(f"{kind}:{one.name}")
            if self._chance.random() < self._share / (9 if one.name in spot.names else 3):
                value = self.text()
            slot = next(f"{{{one.name}{end}}}" for end in ("", ":path") if f"{{{one.name}{end}}}" in path)
            path = path.replace(slot, self._quoted(value))
        if path.endswith(".json") and self._chance.random() < 0.15:
            path = path.removesuffix(".json") + ".xlsx"
        told = [f"{name}={self._quoted(self.either(name))}" for name in spot.query if self._chance.random() < 0.35]
        if told and self._chance.random() < 0.1:
            told.append(told[0])
        return path + ("?" + "&".join(told) if told else "")

    def _quoted(self, text: str) -> str:
        return quote(self._bytes(text), safe="")

    def _bytes(self, text: str) -> bytes:
        if self._chance.random() < 0.05:
            return text.encode("gb18030", "replace")
        return text.encode("utf-8", "surrogatepass")

    def headers(self) -> dict[str, bytes]:
        """What comes along: now and then a version, a key, a language or cookies nobody gave out."""
        found = {}
        for name in ("If-Match", "Idempotency-Key", "HX-Request", "Accept", "Range", "Referer"):
            if self._chance.random() < 0.06:
                found[name] = self.text().encode("utf-8", "replace")[:300].replace(b"\r", b"").replace(b"\n", b"")
        return found

    def form(self, spot: Spot, known: Mapping[str, tuple[str, ...]]) -> tuple[bytes, str]:
        """The fields and files of a form, as far as it is known, as a body and its media type."""
        fields = [
            (name, self._bytes(self.either_of(name, known.get(name, ()))))
            for name in sorted({*spot.fields, *known} - {"seen"})
            if name in known or self._chance.random() < (0.2 if known else 0.9)
            for _ in range(1 if self._chance.random() < 0.97 else 40)
        ]
        if not spot.files or self._chance.random() < 0.2:
            told = "&".join(f"{quote(name)}={quote(value)}" for name, value in fields)
            return told.encode(), "application/x-www-form-urlencoded"
        parts = [(f'name="{name}"'.encode(), value) for name, value in fields]
        for name in sorted(spot.files):
            for _ in range(1 if self._chance.random() < 0.9 else 25):
                called = self._bytes(self.text()).replace(b'"', b"%22").translate(None, b"\r\n")[:200] or b"x"
                ending = self._chance.choice((b".csv", b".xlsx", b".docx", b".pdf", b".png", b""))
                parts.append(
                    (f'name="{name}"; filename="'.encode() + called + ending + b'"', self._chance.choice(self._files))
                )
        body = b"".join(
            b"--edge\r\nContent-Disposition: form-data; " + head + b"\r\n\r\n" + value + b"\r\n"
            for head, value in parts
        )
        return body + b"--edge--\r\n", "multipart/form-data; boundary=edge"

    def json(self, spot: Spot) -> bytes:
        """The body of a command: fields as its schema says, one or two of them hostile; or no JSON at all."""
        if self._chance.random() < self._share / 4:
            return next(hostile.bodies(self._chance, 1))
        told = {
            name: hostile.value(self._chance) if self._chance.random() < self._share else self._of(name, schema)
            for name, schema in spot.schema.get("properties", {}).items()
            if name != "seen" or self._chance.random() < 0.1
        }
        if self._chance.random() < self._share / 3:
            told[self._chance.choice((*hostile.FIELDS, *told))] = hostile.value(self._chance)
        if told and self._chance.random() < self._share:
            told[self._chance.choice(list(told))] = self.text()
        return json.dumps(told).encode()

    def intake(self) -> bytes:
        """A body of orders or returns as another program sends it."""
        if self._chance.random() < 0.3:
            return self._chance.choice(self._files)
        return next(hostile.bodies(self._chance, 1))

    def _of(self, name: str, schema: Any) -> Any:
        if "$ref" in schema:
            schema = openapi()["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
        for several in ("anyOf", "oneOf"):
            if several in schema:
                return self._of(name, self._chance.choice(schema[several]))
        if "const" in schema or "enum" in schema:
            return self._chance.choice(schema.get("enum", [schema.get("const")]))
        match schema.get("type"):
            case "object":
                return {inner: self._of(inner, one) for inner, one in schema.get("properties", {}).items()}
            case "array":
                items = schema.get("items", {"type": "string"})
                return [self._of(name, items) for _ in range(max(1, schema.get("minItems", 1)))]
            case "string" if schema.get("format") == "date":
                return "2026-11-20"
            case "string":
                return self.honest(name)
            case "boolean":
                return self._chance.random() < 0.5
            case "null":
                return None
            case _:
                return self._chance.randrange(3)


def roles_of(spot: Spot) -> frozenset[str]:
    """The roles that may ever give the command of this place; none said for what is no command."""
    return frozenset(str(role) for role in PERMISSIONS.get(spot.names.get("name", ""), ()))

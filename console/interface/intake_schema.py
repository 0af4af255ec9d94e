"""The part of the OpenAPI description that tells of `orders`: orders and returns in, an order out, a question."""

from collections.abc import Callable
from typing import Any

Json = dict[str, Any]
TEXT: Json = {"type": "string"}
UNIT: Json = {
    "type": "object",
    "required": ["code", "name", "functions"],
    "properties": {"code": TEXT, "name": TEXT, "functions": {"type": "array", "items": TEXT}},
}
PROPOSAL: Json = {
    "type": "object",
    "required": [
        "lead", "supports", "confidence", "automatic", "abstained", "citations", "alternatives", "register_edition",
        "memory_edition", "city_version",
    ],
    "properties": {
        "lead": {"anyOf": [{"$ref": "#/components/schemas/UnitNamed"}, {"type": "null"}]},
        "supports": {"type": "array", "items": {"$ref": "#/components/schemas/UnitNamed"}},
        "desk": {"anyOf": [{"$ref": "#/components/schemas/UnitNamed"}, {"type": "null"}]},
        "confidence": {"type": "number", "minimum": 0, "maximum": 1},
        "automatic": {"type": "boolean"},
        "abstained": {"type": ["object", "null"]},
        "matter": TEXT,
        "citations": {"type": "array", "items": {"type": "object"}},
        "alternatives": {"type": "array", "items": {"$ref": "#/components/schemas/UnitNamed"}},
        "register_edition": TEXT,
        "memory_edition": TEXT,
        "city_version": TEXT,
    },
}  # fmt: skip
ITEM_ANSWER: Json = {
    "type": "object",
    "required": ["row", "status", "position"],
    "properties": {
        "row": {"type": "integer"},
        "status": {"enum": ["in", "duplicate", "conflict", "quarantined"]},
        "order_no": TEXT,
        "position": {"type": "integer"},
        "problem": {"type": "object"},
    },
}
BATCH_ANSWER: Json = {
    "type": "object",
    "required": ["items", "in", "duplicate", "conflict", "quarantined"],
    "properties": {
        "items": {"type": "array", "items": {"$ref": "#/components/schemas/ItemAnswer"}},
        **{name: {"type": "integer", "minimum": 0} for name in ("in", "duplicate", "conflict", "quarantined")},
    },
}
ORDER_SHEET: Json = {
    "type": "object",
    "required": [
        "order_no", "version", "state", "lead", "supports", "desk", "designated", "received_at", "title", "text",
        "place", "proposal", "clocks", "history", "resolved", "satisfied", "position",
    ],
    "properties": {
        "order_no": TEXT,
        "version": {"type": "integer", "minimum": 1},
        "state": TEXT,
        "lead": {"type": ["string", "null"]},
        "supports": {"type": "array", "items": TEXT},
        "desk": {"type": ["string", "null"]},
        "designated": {"type": ["string", "null"]},
        "received_at": {"type": ["string", "null"]},
        "title": TEXT,
        "text": TEXT,
        "place": TEXT,
        "proposal": {"anyOf": [{"$ref": "#/components/schemas/Proposed"}, {"type": "null"}]},
        "clocks": {"type": "array", "items": {"type": "object"}},
        "history": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["position", "event_id", "type", "title", "at", "who"],
                "properties": {
                    "position": {"type": "integer"},
                    "event_id": TEXT,
                    "type": TEXT,
                    "title": TEXT,
                    "at": TEXT,
                    "who": TEXT,
                },
            },
        },
        "resolved": {"type": ["boolean", "null"]},
        "satisfied": {"type": ["boolean", "null"]},
        "position": {"type": "integer"},
    },
}  # fmt: skip
INTAKE_SCHEMAS: Json = {
    "UnitNamed": UNIT,
    "Proposed": PROPOSAL,
    "ItemAnswer": ITEM_ANSWER,
    "BatchAnswer": BATCH_ANSWER,
    "OrderSheet": ORDER_SHEET,
    "IncomingItem": {
        "type": "object",
        "description": "An order or a return by the field names of docs/contracts; what cannot be read is quarantined.",
    },
    "IncomingItems": {
        "anyOf": [
            {"$ref": "#/components/schemas/IncomingItem"},
            {"type": "array", "items": {"$ref": "#/components/schemas/IncomingItem"}},
        ]
    },
}


def _ref(name: str) -> Json:
    return {"$ref": f"#/components/schemas/{name}"}


def _json(description: str, schema: Json) -> Json:
    return {"description": description, "content": {"application/json": {"schema": schema}}}


def intake_paths(refusals: Callable[..., Json]) -> Json:
    """The addresses of `console.interface.orders`; `refusals` gives the answers that are problems."""
    return {
        "/api/v1/work-orders": {"post": _intake("takeOrders", "Take work orders in", refusals)},
        "/api/v1/returns": {"post": _intake("takeReturns", "Take another platform's returns in", refusals)},
        "/api/v1/route": {
            "post": {
                "operationId": "route",
                "summary": "Which unit would answer for a text, with the clause that proves it; nothing is recorded",
                "requestBody": {"required": True, "content": {"application/json": {"schema": _ref("RouteQuestion")}}},
                "responses": {"200": _json("the proposal", _ref("Proposed"))} | refusals("401", "403", "413", "422"),
            }
        },
        "/api/v1/work-orders/{number}": {
            "get": {
                "operationId": "readOrder",
                "summary": "One work order; its texts are masked",
                "parameters": [
                    {
                        "name": "number",
                        "in": "path",
                        "required": True,
                        "schema": {"type": "string", "minLength": 1, "maxLength": 80},
                    }
                ],
                "responses": {
                    "200": _json("the order", _ref("OrderSheet"))
                    | {"headers": {"ETag": {"required": True, "schema": {"type": "string", "pattern": '^"[0-9]+"$'}}}}
                }
                | refusals("401", "403", "404", "422"),
            }
        },
    }


def _intake(operation: str, summary: str, refusals: Callable[..., Json]) -> Json:
    """One item has its own status; a list is 200 with an answer for each item."""
    conflict, unreadable = refusals("409", "422")["409"], refusals("409", "422")["422"]
    one = {"application/json": {"schema": _ref("ItemAnswer")}}
    either = {"application/json": {"schema": {"anyOf": [_ref("ItemAnswer"), _ref("BatchAnswer")]}}}
    return {
        "operationId": operation,
        "summary": summary,
        "parameters": [
            {
                "name": "Idempotency-Key",
                "in": "header",
                "required": False,
                "description": "names items that bring no number of their own",
                "schema": {"type": "string", "maxLength": 200},
            }
        ],
        "requestBody": {"required": True, "content": {"application/json": {"schema": _ref("IncomingItems")}}},
        "responses": {
            "200": {"description": "a list, or an item that was in already", "content": either},
            "201": _json("one item, taken in", _ref("ItemAnswer")),
            "409": conflict | {"description": "the same number with another body", "content": one},
            "422": unreadable | {"content": unreadable["content"] | one},
        }
        | refusals("401", "403", "413"),
    }

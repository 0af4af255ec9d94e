"""`dingze scores`: the score sheet of a quarter, and the proof that it can be reckoned again."""

from typing import Annotated

import typer

from casework.lanes import SCORES
from dingze.terminal import Json, answer, opened
from projections.readings.appraisal import ViewFigures
from projections.readings.looking import quarter
from terms.errors import NotFound
from terms.messages import sentence


def add_to(app: typer.Typer) -> None:
    """Put the command at the top level."""
    app.command()(scores)


def scores(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="QUARTER", help="the quarter, 2026-Q3")],
    again: Annotated[bool, typer.Option("--again", help="reckon it again by its own rule and position")] = False,
    json: Json = False,
) -> None:
    """The scores of a quarter as they stand; --again says whether its draft comes out the same, byte for byte."""
    quarter(name)
    with opened(context) as dingze:
        dingze.projections.catch_up()
        found = dingze.desk.load(SCORES, name)
        drafted = next((one.payload for one in reversed(found.events) if one.type == "ScoresDrafted"), None)
        if drafted is None or found.state.rule is None:
            raise NotFound("api.no-score-sheet", at=name, number=name)
        document = {
            "quarter": name,
            "phase": found.state.phase,
            "rule": drafted["rule_version"],
            "position": drafted["position"],
            "lines": [line.model_dump(mode="json") for line in found.state.lines],
        }
        if again:
            figures = ViewFigures(dingze.views, dingze.ledger, dingze.register, dingze.city)
            lines = figures.again(name, found.state.rule, drafted["position"], carried=found.state.carried)
            document["same"] = [line.model_dump(mode="json") for line in lines] == drafted["lines"]
    told = [f"{line.unit}  {_points(line.score)}  {'★' * line.stars}" for line in found.state.lines]
    if again:
        told.append(sentence("scores.same" if document["same"] else "scores.differs", quarter=name))
    answer(document, json, *told)
    if document.get("same") is False:
        raise typer.Exit(1)


def _points(score: int | None) -> str:
    return "—" if score is None else f"{score / 100:.2f}"

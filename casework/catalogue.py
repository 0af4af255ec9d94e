"""Every command by its name, and how a command is read from JSON: one place for the API, the CLI and the pages.

A command's name is its class name; it is stable, as event types are. Its fields are those of the dataclass.
"""

from dataclasses import fields as dataclass_fields
from functools import cache
from typing import Any

from pydantic import TypeAdapter, ValidationError

from casework.appraisal import commands as appraisal_commands
from casework.boundary_case import commands as case_commands
from casework.boundary_case.decide import DECISIONS as CASE_DECISIONS
from casework.finding import commands as finding_commands
from casework.finding.decide import DECISIONS as FINDING_DECISIONS
from casework.paperwork import commands as paper_commands
from casework.work_order.decide import DECISIONS as ORDER_DECISIONS
from terms.errors import BadInput, NotFound
from terms.reasons import reason_of

DIGEST = (
    finding_commands.OpenDigest,
    finding_commands.JudgeItem,
    finding_commands.CloseItem,
    finding_commands.PublishDigest,
)
ORDER_COMMANDS: dict[str, type] = {command.__name__: command for command in ORDER_DECISIONS}
CASE_COMMANDS: dict[str, type] = {command.__name__: command for command in CASE_DECISIONS}
# what records a document on paper: its signed scan may come along as a file
SIGNED_COMMANDS: dict[str, type] = {
    command.__name__: command for command in (case_commands.RecordDecision, case_commands.FileMinutes)
}
FINDING_COMMANDS: dict[str, type] = {command.__name__: command for command in FINDING_DECISIONS}
DIGEST_COMMANDS: dict[str, type] = {command.__name__: command for command in DIGEST}
PAPER_COMMANDS: dict[str, type] = {
    command.__name__: command
    for command in (
        *paper_commands.WRITING.values(),
        paper_commands.ReviewPaper,
        paper_commands.SignPaper,
        paper_commands.DropDraft,
        paper_commands.AttachScan,
        paper_commands.VoidPaper,
    )
}
SCORE_COMMANDS: dict[str, type] = {
    command.__name__: command
    for command in (
        appraisal_commands.DraftScores,
        appraisal_commands.ObjectToScore,
        appraisal_commands.ReviewScoreObjection,
        appraisal_commands.PublishScores,
    )
}
ASSESSMENT_COMMANDS: dict[str, type] = {
    command.__name__: command
    for command in (
        appraisal_commands.OpenAssessment,
        appraisal_commands.FillAssessment,
        appraisal_commands.SendBackAssessment,
        appraisal_commands.ReviewAssessment,
        appraisal_commands.SignAssessment,
    )
}
COMMANDS = (
    ORDER_COMMANDS
    | CASE_COMMANDS
    | FINDING_COMMANDS
    | DIGEST_COMMANDS
    | PAPER_COMMANDS
    | SCORE_COMMANDS
    | ASSESSMENT_COMMANDS
)


@cache
def _adapter(command: type) -> TypeAdapter[Any]:
    return TypeAdapter(command)


def read_command(name: str, fields: dict[str, Any]) -> Any:
    """The command of that name with these fields (JSON values).

    Raises NotFound for a name nobody knows, BadInput with the first field at fault; a field nobody knows is a fault.
    """
    command = COMMANDS.get(name)
    if command is None:
        raise NotFound("casework.no-such-command", at=name, command=name)
    known = {field.name for field in dataclass_fields(command)}
    if strange := sorted(set(fields) - known):
        raise BadInput("casework.unknown-field", at=strange[0] or "body", field=strange[0])
    try:
        return _adapter(command).validate_python(fields)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        field = ".".join(str(part) for part in first["loc"])
        raise BadInput("casework.bad-field", at=field, field=field, reason=reason_of(first)) from error


def schema_of(name: str) -> dict[str, Any]:
    """The JSON schema of a command's fields. Raises NotFound for a name nobody knows."""
    if name not in COMMANDS:
        raise NotFound("casework.no-such-command", at=name, command=name)
    return _adapter(COMMANDS[name]).json_schema()

"""The command line. `dingze --help` lists the commands; each answers with --json for programs."""

import sys
from pathlib import Path
from typing import Annotated, NoReturn

import structlog
import typer
from typer._click.exceptions import ClickException  # typer keeps its own click; it has no public name for this

from dingze.commands import (
    acting,
    backup,
    digest,
    inquiry,
    keys,
    ledger,
    mandates,
    orders,
    people,
    projections,
    quarantine,
    scores,
    service,
    work,
)
from dingze.logs import configure
from dingze.settings import read_settings
from dingze.terminal import STDERR, Session
from terms.errors import DingzeError

app = typer.Typer(
    name="dingze",
    help="定责: which department answers for a citizen's complaint, with the clause that proves it.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.add_typer(keys.app, name="keys")
app.add_typer(ledger.app, name="ledger")
app.add_typer(mandates.app, name="mandates")
app.add_typer(people.app, name="people")
app.add_typer(projections.app, name="projections")
app.add_typer(quarantine.app, name="quarantine")
orders.add_to(app)
inquiry.add_to(app)
service.add_to(app)
work.add_to(app)
acting.add_to(app)
digest.add_to(app)
scores.add_to(app)
backup.add_to(app)


@app.callback()
def options(
    context: typer.Context,
    database: Annotated[
        str | None, typer.Option("--database", help="sqlite:///PATH or postgresql://USER@HOST/NAME")
    ] = None,
    city: Annotated[Path | None, typer.Option("--city", help="the city's TOML file")] = None,
) -> None:
    """Options that come before the command; they override DINGZE_* in the environment."""
    given = {"database_url": database, "city_file": city}
    settings = read_settings().model_copy(update={name: value for name, value in given.items() if value is not None})
    configure(settings.log_level)
    context.obj = Session(settings)


LOG = structlog.get_logger("dingze")


def main() -> None:
    """Run a command; whatever cannot be done is one clear line on stderr and a non-zero exit."""
    try:
        code = app(standalone_mode=False)
    except DingzeError as error:
        refused(f"{error.code}: {error.message}" + (f"（{error.at}）" if error.at else ""), 1)
    except ClickException as error:
        refused(f"usage: {error.format_message()}", error.exit_code)
    except (KeyboardInterrupt, typer.Abort):
        refused("interrupted", 130)
    except Exception:  # nobody foresaw it: where it failed is for the log, its words may be what was read
        LOG.exception("unexpected")
        refused("unexpected: 程序内部出错，已记入日志。", 70)
    else:
        sys.exit(code if isinstance(code, int) else 0)


def refused(line: str, code: int) -> NoReturn:
    """Say why in one line, and end."""
    STDERR.print(line.replace("\n", " "), highlight=False, markup=False, soft_wrap=True)
    sys.exit(code)

"""`dingze projections`: how the views stand, rebuilding and proving them."""

import time
from functools import partial
from typing import Annotated

import typer

from dingze.terminal import Json, answer, opened, progress
from dingze.wiring import projecting
from projections.crew import rebuild_by_processes
from terms.actors import Actor, Role

app = typer.Typer(help="status, rebuild and verification of the views", no_args_is_help=True)
ACTOR = str(Actor("command-line", Role.ADMINISTRATOR))
Names = Annotated[list[str] | None, typer.Argument(help="views; default: all")]


@app.command()
def status(context: typer.Context, json: Json = False) -> None:
    """How far every view is, how many events and seconds behind, whether and why it stopped."""
    with opened(context) as dingze:
        found = dingze.projections.status()
    answer(
        {"projections": [{name: getattr(one, name) for name in one.__slots__} for one in found]},
        json,
        *(
            f"{one.name:<16} v{one.version}.{one.generation}  到 {one.position}"
            + f"  落后 {one.behind} 条 {one.seconds:.1f} 秒"
            + ("  正在使用" if one.current else "  建设中")
            + (f"  已停止：{one.stopped}" if one.stopped else "")
            for one in found
        ),
    )


@app.command()
def rebuild(
    context: typer.Context,
    names: Names = None,
    processes: Annotated[int, typer.Option(min=1, help="how many processes share the work")] = 2,
    json: Json = False,
) -> None:
    """Build views anew from the first event beside the ones people read, then switch over."""
    began = time.perf_counter()
    with opened(context) as dingze, progress("重建", dingze.ledger.head()) as advance:
        making = partial(projecting, dingze.settings)
        builds = rebuild_by_processes(dingze.projections, making, processes, advance, names)
    seconds = round(time.perf_counter() - began, 3)
    done = [{"name": build.name, "position": build.position, "stopped": build.stopped} for build in builds]
    answer(
        {"rebuilt": done, "seconds": seconds},
        json,
        *(f"{one['name']}：到第 {one['position']} 条{one['stopped'] and '，已停止：'}{one['stopped']}" for one in done),
        f"用时 {seconds} 秒",
    )
    if any(one["stopped"] for one in done):
        raise typer.Exit(1)


@app.command()
def switch(
    context: typer.Context,
    name: Annotated[str, typer.Argument()],
    generation: Annotated[int, typer.Argument()],
    json: Json = False,
) -> None:
    """Let people read another whole build of a view (see `status`)."""
    with opened(context) as dingze:
        build = dingze.projections.switch(name, generation)
    answer({"name": name, "generation": build.generation}, json, f"{name} 已切换到第 {build.generation} 代")


@app.command()
def drop(
    context: typer.Context,
    name: Annotated[str, typer.Argument()],
    generation: Annotated[int, typer.Argument()],
    json: Json = False,
) -> None:
    """Drop a build that nobody reads."""
    with opened(context) as dingze:
        dingze.projections.drop(name, generation)
    answer({"name": name, "dropped": generation}, json, f"{name} 第 {generation} 代已删除")


@app.command()
def skip(
    context: typer.Context,
    name: Annotated[str, typer.Argument()],
    reason: Annotated[str, typer.Option(help="why the event is left out of this view")],
    json: Json = False,
) -> None:
    """Leave out the event a view stopped at; the decision is itself recorded."""
    with opened(context) as dingze:
        position = dingze.projections.skip(name, reason, ACTOR)
        dingze.projections.catch_up()
    answer({"name": name, "skipped": position}, json, f"{name} 已略过第 {position} 条，理由已入账")


@app.command()
def verify(context: typer.Context, names: Names = None, json: Json = False) -> None:
    """Fold every view again from the first event and compare it, row by row, with the one people read."""
    found = []
    with opened(context) as dingze:
        dingze.projections.catch_up()
        for name in names or list(dingze.projections.views):
            same, position = dingze.projections.verify(name)
            found.append({"name": name, "same": same, "position": position})
    answer(
        {"verified": all(one["same"] for one in found), "projections": found},
        json,
        *(f"{one['name']}：{'一致' if one['same'] else '不一致'}（第 {one['position']} 条）" for one in found),
    )
    if not all(one["same"] for one in found):
        raise typer.Exit(1)

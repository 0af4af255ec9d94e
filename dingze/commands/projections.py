"""`dingze projections`: how the views stand, rebuilding and proving them."""

import time
from typing import Annotated

import typer

from dingze.terminal import Json, answer, opened, progress

app = typer.Typer(help="status, rebuild and verification of the views", no_args_is_help=True)
Names = Annotated[list[str] | None, typer.Argument(help="views; default: all")]


@app.command()
def status(context: typer.Context, json: Json = False) -> None:
    """How far every view is, how many events behind, whether and why it stopped."""
    with opened(context) as dingze:
        found = dingze.projections.status()
    answer(
        {"projections": [{name: getattr(one, name) for name in one.__slots__} for one in found]},
        json,
        *(
            f"{one.name:<16} v{one.version}.{one.generation}  到 {one.position}  落后 {one.behind}"
            + ("  正在使用" if one.current else "  建设中")
            + (f"  已停止：{one.stopped}" if one.stopped else "")
            for one in found
        ),
    )


@app.command()
def rebuild(context: typer.Context, names: Names = None, json: Json = False) -> None:
    """Build views anew from the first event beside the ones people read, then switch over."""
    done = []
    with opened(context) as dingze:
        for name in names or list(dingze.projections.views):
            began = time.perf_counter()
            with progress(f"重建 {name}", dingze.ledger.head()) as advance:
                build = dingze.projections.rebuild(name, advance)
            done.append(
                {
                    "name": name,
                    "position": build.position,
                    "stopped": build.stopped,
                    "seconds": round(time.perf_counter() - began, 3),
                }
            )
    answer({"rebuilt": done}, json, *(f"{one['name']}：到第 {one['position']} 条，{one['seconds']} 秒" for one in done))
    if any(one["stopped"] for one in done):
        raise typer.Exit(1)


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

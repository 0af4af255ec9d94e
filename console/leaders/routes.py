"""The addresses of this desk, as the console includes them."""

from fastapi import APIRouter

from console.leaders import accountability, audit_archive, figure_lines, heat_board, overview, overview_orders, scores

ROUTERS: tuple[APIRouter, ...] = (
    overview.router,
    overview_orders.router,
    figure_lines.router,
    accountability.router,
    scores.router,
    heat_board.router,
    audit_archive.router,
)

"""The addresses of this desk, as the console includes them."""

from fastapi import APIRouter

from console.bianban import (
    assessments,
    case_board,
    case_file,
    case_what_if,
    coverage,
    digests,
    disputes,
    establishment,
    findings,
)

ROUTERS: tuple[APIRouter, ...] = (
    disputes.router,
    case_board.router,
    case_what_if.router,
    case_file.router,
    coverage.router,
    findings.router,
    digests.router,
    assessments.router,
    establishment.router,
)

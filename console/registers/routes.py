"""The addresses of this desk, as the console includes them."""

from fastapi import APIRouter

from console.registers import browsing, changes, drafts, importing, pages, reforms, wordings

ROUTERS: tuple[APIRouter, ...] = (
    browsing.router,
    changes.router,
    drafts.router,
    importing.router,
    reforms.router,
    wordings.router,
    pages.router,
)

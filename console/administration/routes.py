"""The addresses of this desk, as the console includes them."""

from fastapi import APIRouter

from console.administration import account, held_pages, operations, people_pages, unsealed_pages

ROUTERS: tuple[APIRouter, ...] = (
    account.router,
    operations.router,
    held_pages.router,
    people_pages.router,
    unsealed_pages.router,
)

"""The addresses of this desk, as the console includes them."""

from fastapi import APIRouter

from console.administration import account, operations

ROUTERS: tuple[APIRouter, ...] = (
    account.router,
    operations.router,
)

"""The addresses of this desk, as the console includes them."""

from fastapi import APIRouter

from console.interface import commands, digests, orders

ROUTERS: tuple[APIRouter, ...] = (
    commands.router,
    digests.router,
    orders.router,
)

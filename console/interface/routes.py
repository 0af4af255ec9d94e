"""The addresses of this desk, as the console includes them."""

from fastapi import APIRouter

from console.interface import commands, digests, events_out, open311, orders, scans, things

PUBLIC: tuple[APIRouter, ...] = (open311.router,)  # without sign-in, and only where the city publishes it
ROUTERS: tuple[APIRouter, ...] = (
    scans.router,  # before the things whose numbers may hold a slash
    commands.router,
    things.router,
    digests.router,
    events_out.router,
    orders.router,
)

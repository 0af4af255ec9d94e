"""The addresses of this desk, as the console includes them."""

from fastapi import APIRouter

from console.bianban import disputes

ROUTERS: tuple[APIRouter, ...] = (disputes.router,)

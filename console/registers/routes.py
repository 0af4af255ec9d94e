"""The addresses of this desk, as the console includes them."""

from fastapi import APIRouter

from console.registers import pages

ROUTERS: tuple[APIRouter, ...] = (pages.router,)

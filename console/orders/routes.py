"""The addresses of this desk, as the console includes them."""

from fastapi import APIRouter

from console.orders import acting, files, page

ROUTERS: tuple[APIRouter, ...] = (
    acting.router,
    files.router,
    page.router,
)

"""The addresses of this desk, as the console includes them."""

from fastapi import APIRouter

from console.orders import acting, page

ROUTERS: tuple[APIRouter, ...] = (
    acting.router,
    page.router,
)

"""The addresses of this desk, as the console includes them."""

from fastapi import APIRouter

from console.department import desk, duties

ROUTERS: tuple[APIRouter, ...] = (desk.router, duties.router)

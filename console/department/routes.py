"""The addresses of this desk, as the console includes them."""

from fastapi import APIRouter

from console.department import desk

ROUTERS: tuple[APIRouter, ...] = (desk.router,)

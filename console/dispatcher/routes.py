"""The addresses of this desk, as the console includes them."""

from fastapi import APIRouter

from console.dispatcher import bulk, desk, saved, shift

ROUTERS: tuple[APIRouter, ...] = (desk.router, bulk.router, saved.router, shift.router)

"""The addresses of help, as the console includes them."""

from fastapi import APIRouter

from console.help import guide, page

ROUTERS: tuple[APIRouter, ...] = (page.router, guide.router)

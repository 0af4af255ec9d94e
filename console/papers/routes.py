"""The addresses of papers, as the console includes them."""

from fastapi import APIRouter

from console.papers import pages

ROUTERS: tuple[APIRouter, ...] = (pages.router,)

"""The addresses of this desk, as the console includes them."""

from fastapi import APIRouter

from console.leaders import figure_lines, overview

ROUTERS: tuple[APIRouter, ...] = (overview.router, figure_lines.router)

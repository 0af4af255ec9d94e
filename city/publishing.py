"""What the city shows the public of its hotline, and that is nothing until it says so."""

from pydantic import BaseModel, ConfigDict, Field


class Open311Rules(BaseModel):
    """The read-only Open311 GeoReport v2 view. Kinds in `kinds_kept_back` are never shown: reports on wrongdoing."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    published: bool = False
    kinds_kept_back: tuple[str, ...] = ("举报",)
    days: int = Field(default=90, ge=1, le=366, description="the longest span one question may ask for")
    page_size: int = Field(default=100, ge=1, le=1_000)

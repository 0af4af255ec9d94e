"""Where things lie on the disk, and how an empty place is made ready."""

from pathlib import Path

from dingze.settings import Settings
from ledger.backends import database_url, migrate
from ledger.master_key import make_master_key


def database_file(settings: Settings) -> Path | None:
    """The file of a SQLite database; None for a server."""
    url = database_url(settings.database_url)
    return Path(url.database) if url.get_backend_name() == "sqlite" and url.database else None


def key_file(settings: Settings) -> Path:
    """Where the master key lies: as set, else beside the SQLite file, else var/dingze.key."""
    if settings.master_key:
        return settings.master_key
    file = database_file(settings)
    return file.with_name(file.name + ".key") if file else Path("var/dingze.key")


def attachment_folder(settings: Settings) -> Path:
    """Where the sealed files of orders lie: as set, else beside the SQLite file, else var/attachments."""
    if settings.attachments:
        return settings.attachments
    file = database_file(settings)
    return file.with_name(file.name + ".attachments") if file else Path("var/attachments")


def kept(settings: Settings, suffix: str) -> Path:
    """Where something lies that must survive the database: beside the master key, or in the safe."""
    key = key_file(settings)
    return (settings.safe / key.name if settings.safe else key).with_name(key.name + suffix)


def initialise(settings: Settings) -> bool:
    """Bring the database to the present schema and make the master key if there is none; whether one was made."""
    if file := database_file(settings):
        file.parent.mkdir(parents=True, exist_ok=True)
    migrate(settings.database_url)
    key = key_file(settings)
    if key.exists():
        return False
    make_master_key(key)
    return True

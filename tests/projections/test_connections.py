"""What an error of the views' database says, and what it keeps to itself."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from projections.store import ViewStore


def test_an_error_of_the_database_names_the_statement_and_never_what_was_in_it(database_url: str) -> None:
    store = ViewStore(database_url)
    for engine in (store.writer, store.reader):
        with pytest.raises(DBAPIError) as told, engine.connect() as connection:
            connection.execute(text("SELECT * FROM nowhere WHERE title = :title"), {"title": "路灯不亮"})
        assert "nowhere" in str(told.value)
        assert "路灯" not in str(told.value)
    store.close()

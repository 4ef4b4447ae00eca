import os
import uuid
from urllib.parse import urlsplit

import psycopg2
import pytest


@pytest.fixture
def empty_database():
    """The URL of a PostgreSQL database without a table, dropped afterwards."""
    name = f"rally_test_{uuid.uuid4().hex[:12]}"
    url = urlsplit(os.environ["DATABASE_URL"])
    connection = psycopg2.connect(url._replace(path="/postgres").geturl())
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name}")
        yield url._replace(path=f"/{name}").geturl()
        cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")
    connection.close()

"""Takes the pictures of the README and of `docs/`: `python scripts/take_pictures.py [FOLDER]`.

Starts a site of its own on SQLite with the sample snapshot and the demo accounts, and looks at it through a headless
Chromium: as it is, and again after the next night's import. FOLDER is `docs/pictures` unless given.
"""

import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from rally.tests.chromium import chromium, log_in  # noqa: E402
from rally.tests.machine import find_browser  # noqa: E402
from rally.tests.processes import free_port, production_environment  # noqa: E402
from rally.tests.sites import Site  # noqa: E402

PASSWORD = "rally-demo"
DESK = {"width": 1100, "height": 760}
PHONE = {"width": 390, "height": 760}


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory(prefix="rally-") as scratch,
        started_site(Path(scratch)) as site,
        chromium(find_browser(), site.url) as open_page,
    ):
        desk, phone, operator = open_page(DESK), open_page(PHONE), open_page(DESK)
        for page, account in ((desk, "player"), (phone, "player"), (operator, "staff")):
            log_in(page, "/login/", f"{account}@example.com", PASSWORD, then="/")
        desk.screenshot(path=folder / "home-desktop.png")
        phone.screenshot(path=folder / "home-phone.png")
        site.manage("make_sample_data", "--next-of", "sample_data", "--out", f"{scratch}/next")
        site.manage("run_etl", "--source", f"{scratch}/next")
        phone.reload()
        phone.screenshot(path=folder / "refreshed-phone.png")
        operator.goto("/admin/")
        operator.screenshot(path=folder / "control-room.png")


@contextmanager
def started_site(scratch: Path) -> Iterator[Site]:
    """A site with the sample snapshot, while the block runs."""
    site = Site(
        production_environment(
            DEBUG="1",
            DATABASE_URL=f"sqlite:///{scratch}/site.sqlite3",
            REDIS_URL="",
            CELERY_BROKER_URL="",
            PORT=str(free_port()),
        )
    )
    site.manage("migrate_locked")
    site.manage("run_etl", "--source", "sample_data")
    site.manage("make_demo_accounts")
    with site.served(scratch / "web.log"):
        yield site


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs" / "pictures")

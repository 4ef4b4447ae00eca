"""Pages in a real browser: what a test waits for is awaited, on a busy machine too, by an action or by `expect`."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from playwright.sync_api import Page, expect, sync_playwright

PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 900}
PATIENCE = 60_000
"""Milliseconds until what does not come is given up."""

expect.set_options(timeout=PATIENCE)


@contextmanager
def chromium(path: str, address: str) -> Iterator[Callable[..., Page]]:
    """Within the block: `open_page(viewport)` → a blank page in a browser, for the site at
    `address`.

    Its `complaints` are the errors of scripts and the breaches of the security policy so far.
    """
    arguments = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=arguments, timeout=PATIENCE)

        def open_page(viewport: dict[str, int]) -> Page:
            page = browser.new_page(base_url=address, viewport=viewport)
            page.set_default_timeout(PATIENCE)
            page.complaints = []
            page.on("pageerror", lambda error: page.complaints.append(str(error)))
            page.on("console", lambda line: page.complaints.append(line.text) if line.type == "error" else None)
            return page

        yield open_page
        browser.close()


def log_in(page: Page, login: str, email: str, password: str, then: str) -> None:
    """By the form at `login`, which leads on to `then`."""
    page.goto(login)
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password").fill(password)
    page.keyboard.press("Enter")
    page.wait_for_url(then)


def overflow(page: Page) -> int:
    """By how many pixels the page is wider than its screen."""
    return page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")

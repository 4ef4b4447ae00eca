import re

import pytest
from django.core.management import call_command
from django.templatetags.static import static


@pytest.fixture
def static_root(settings, tmp_path):
    settings.STATIC_ROOT = tmp_path
    return tmp_path


@pytest.mark.usefixtures("static_root")
def test_before_collectstatic_files_have_their_plain_names():
    assert static("admin/css/base.css") == "/static/admin/css/base.css"


@pytest.mark.processes
def test_collectstatic_gives_hashed_names_and_compressed_files_and_finds_every_reference(static_root):
    call_command("collectstatic", interactive=False, verbosity=0)
    hashed = static("admin/css/base.css")
    assert re.fullmatch(r"/static/admin/css/base\.[0-9a-f]{12}\.css", hashed)
    assert (static_root / f"{hashed.removeprefix('/static/')}.gz").exists()

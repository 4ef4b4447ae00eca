import re

from django.conf import settings
from django.core.management import get_commands

README = (settings.BASE_DIR / "README.md").read_text()


def test_the_settings_table_names_every_variable_that_is_read_and_no_other():
    source = (settings.BASE_DIR / "rally/settings.py").read_text()
    source += (settings.BASE_DIR / "gunicorn.conf.py").read_text()
    read = set(re.findall(r'env\.\w+\(\s*"([A-Z_]+)"', source))
    read |= set(re.findall(r"os\.environ(?:\.get\(|\[)['\"]([A-Z_]+)", source))
    table = README.split("## Settings")[1].split("\n## ")[0]
    first_cells = [line.split("|")[1] for line in table.splitlines() if line.startswith("| `")]
    assert set(re.findall(r"`([A-Z_]+)`", " ".join(first_cells))) == read


def test_every_management_command_named_exists():
    named = set(re.findall(r"manage\.py (\w+)", README))
    assert named <= set(get_commands()), named - set(get_commands())

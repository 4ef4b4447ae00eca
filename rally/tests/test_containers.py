"""Docker is not needed to see that the files are in order, and that what they call exists and fits together."""

import json
import re
import shutil
from pathlib import Path

import pytest
import yaml
from django.conf import settings
from django.core.management import get_commands

from rally.tests.processes import production_environment, run

ROOT = settings.BASE_DIR
COMPOSE = yaml.safe_load((ROOT / "compose.yaml").read_text())
SERVICES = COMPOSE["services"]
DOCKERFILE = (ROOT / "Dockerfile").read_text().replace("\\\n", " ")
OURS = ("web", "worker", "beat")
LINTERS = {
    "Dockerfile": ["hadolint"],
    "compose.yaml": ["check-jsonschema", "--builtin-schema", "vendor.compose-spec"],
}


def dockerfile_lines(instruction: str) -> list[str]:
    return re.findall(rf"^{instruction} +(.*)$", DOCKERFILE, flags=re.MULTILINE)


def called_commands() -> list[str]:
    """Every command line of the image and of our services, shell or not, as text."""
    image = [*dockerfile_lines("RUN"), " ".join(json.loads(dockerfile_lines("CMD")[-1]))]
    services = [" ".join(SERVICES[name]["command"]) for name in OURS if "command" in SERVICES[name]]
    return image + services


def lint(file: Path) -> tuple[int, str]:
    """Exit code and findings of the linter for files of this name."""
    result = run([*LINTERS[file.name], str(file)], production_environment())
    return result.returncode, result.stdout + result.stderr


@pytest.mark.parametrize("name", LINTERS)
def test_the_linter_finds_nothing(name):
    code, findings = lint(ROOT / name)
    assert code == 0, findings


@pytest.mark.parametrize(
    ("name", "right", "wrong", "finding"),
    [("Dockerfile", "python:3.12-slim", "python", "DL3006"), ("compose.yaml", "retries:", "retrys:", "retrys")],
)
def test_the_linter_finds_what_is_wrong(name, right, wrong, finding, tmp_path):
    (tmp_path / name).write_text((ROOT / name).read_text().replace(right, wrong))
    code, findings = lint(tmp_path / name)
    assert code == 1
    assert finding in findings


def test_the_image_runs_as_a_user_without_rights():
    (user,) = dockerfile_lines("USER")
    assert int(user) > 0
    assert any(f"useradd --create-home --uid {user} " in command for command in dockerfile_lines("RUN"))
    assert DOCKERFILE.index("\nUSER ") < DOCKERFILE.rindex("\nCMD ")


def test_the_image_has_a_health_check_on_a_slim_base_and_collects_static_files():
    assert dockerfile_lines("FROM") == ["python:3.12-slim"]
    assert "/healthz" in dockerfile_lines("HEALTHCHECK")[0]
    assert any("collectstatic" in command for command in called_commands())


def test_every_management_command_called_exists():
    called = {name for line in called_commands() for name in re.findall(r"manage\.py (\w+)", line)}
    assert called == {"collectstatic", "migrate_locked"}
    assert called <= set(get_commands())


def test_every_program_called_is_installed_by_the_lock():
    programs = {SERVICES[name]["command"][0] for name in OURS if "command" in SERVICES[name]} | {"gunicorn"}
    assert programs == {"celery", "gunicorn"}
    assert "pip install --require-hashes -r requirements.lock" in called_commands()
    lock = (ROOT / "requirements.lock").read_text()
    for program in programs:
        assert shutil.which(program, path=production_environment()["PATH"])
        assert re.search(rf"^{program}==", lock, flags=re.MULTILINE)


@pytest.mark.parametrize("name", SERVICES)
def test_every_service_has_a_health_check_and_restarts(name):
    own_image = SERVICES[name].get("build") == "."
    assert "healthcheck" in SERVICES[name] or (own_image and dockerfile_lines("HEALTHCHECK"))
    assert SERVICES[name]["restart"] == "unless-stopped"


def test_services_start_in_order_and_only_after_what_they_need_is_healthy():
    order = {name: service.get("depends_on", {}) for name, service in SERVICES.items()}
    assert set(order["web"]) == {"postgres", "redis"}
    assert set(order["worker"]) == set(order["beat"]) == {"web"}
    conditions = [need["condition"] for needs in order.values() for need in needs.values()]
    assert set(conditions) == {"service_healthy"}


def test_what_is_stored_lives_in_named_volumes():
    mounted = {mount.split(":")[0] for name in ("postgres", "redis") for mount in SERVICES[name]["volumes"]}
    assert mounted == set(COMPOSE["volumes"])


def test_only_this_machine_reaches_the_site_and_nobody_the_servers():
    assert [name for name, service in SERVICES.items() if "ports" in service] == ["web"]
    assert all(port.startswith("127.0.0.1:") for port in SERVICES["web"]["ports"])


def test_no_secret_has_a_default():
    text = (ROOT / "compose.yaml").read_text()
    for name in ("SECRET_KEY", "POSTGRES_PASSWORD"):
        uses = re.findall(rf"\${{{name}(..)", text)
        assert uses
        assert set(uses) == {":?"}


@pytest.mark.parametrize("name", OURS)
def test_every_variable_set_is_one_the_project_reads(name):
    sources = (ROOT / "rally/settings.py").read_text() + (ROOT / "gunicorn.conf.py").read_text()
    for variable in SERVICES[name]["environment"]:
        assert f'"{variable}"' in sources, variable


def test_gunicorn_listens_to_this_machine_alone_unless_told_as_the_image_tells_it():
    bind = re.search(r"os.environ.get\('BIND_ADDRESS', '([^']+)'\)", (ROOT / "gunicorn.conf.py").read_text())[1]
    assert bind == "127.0.0.1"
    assert dockerfile_lines("ENV")[-1] == "BIND_ADDRESS=0.0.0.0"

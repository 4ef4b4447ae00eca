"""The checks of the code are the same everywhere: in `make test`, before a commit, and on GitHub."""

import sys
from pathlib import Path

import pytest
import yaml
from django.conf import settings

from rally.tests.processes import production_environment, run
from scripts import test as make_test

HOOKS = yaml.safe_load((settings.BASE_DIR / ".pre-commit-config.yaml").read_text())["repos"][0]["hooks"]
WORKFLOW = settings.BASE_DIR / ".github" / "workflows" / "ci.yml"


def test_what_runs_before_a_commit_is_what_make_test_checks():
    bin_folder = f"{Path(sys.executable).parent}/"
    commands = [[word.replace(".venv/bin/", bin_folder) for word in hook["entry"].split()] for hook in HOOKS]
    assert commands == make_test.CHECKS["ordinary"]


def test_every_hook_is_a_program_of_the_environment_and_looks_at_the_whole_project():
    for hook in HOOKS:
        assert (hook["language"], hook["pass_filenames"]) == ("system", False)


@pytest.mark.processes
def test_the_workflow_is_one():
    found = run(
        ["check-jsonschema", "--builtin-schema", "vendor.github-workflows", str(WORKFLOW)], production_environment()
    )
    assert found.returncode == 0, found.stdout + found.stderr


def test_it_calls_what_every_ci_server_calls_with_each_server_the_tests_look_for():
    job = yaml.safe_load(WORKFLOW.read_text())["jobs"]["test"]
    assert job["steps"][-1] == {"run": ".ci/run"}
    assert job["services"].keys() == {"postgres", "redis", "rabbitmq"}
    for name, service in job["services"].items():
        (port,) = (ports.partition(":")[0] for ports in service["ports"])
        assert any(f"127.0.0.1:{port}" in address for address in job["env"].values()), name

"""Who uses the control room, and what they see. Django is imported late, as pytest reads this before it is set up."""

from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def snapshots(tmp_path_factory) -> Path:
    """A folder with the snapshots `first` and `next`."""
    from etlimport.sample import make_next, make_snapshot

    root = tmp_path_factory.mktemp("snapshots")
    make_snapshot(root / "first", players=150, seed=3, history=2)
    make_next(root / "first", root / "next", seed=3)
    return root


@pytest.fixture
def log_in(client):
    """log_in(role) → client; a role is the name of a group."""
    from django.contrib.auth.models import Group

    from etlimport.operations.roles import setup_roles
    from leagues.tests.factories import UserFactory

    def log_in(role: str):
        setup_roles()
        user = UserFactory(email=f"{role}@example.com", is_staff=True)
        user.groups.add(Group.objects.get(name=role))
        client.force_login(user)
        client.user = user
        return client

    return log_in


@pytest.fixture
def launched(monkeypatch):
    """What would have been started: (task name, arguments)."""
    from etlimport.admin import runs as runs_admin

    started = []
    monkeypatch.setattr(runs_admin, "launch", lambda task, **arguments: started.append((task.name, arguments)))
    return started


@pytest.fixture
def two_runs(snapshots):
    from etlimport.models import ImportRun
    from etlimport.pipeline import Options, run_import

    first = run_import(Options(source=snapshots / "first"))
    second = run_import(Options(source=snapshots / "next", force=True))
    assert [first.status, second.status] == [ImportRun.Status.PUBLISHED] * 2
    return first, second

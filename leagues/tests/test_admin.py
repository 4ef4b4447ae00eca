import pytest
from django.apps import apps
from django.contrib import admin
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from leagues import models
from leagues.tests import factories

pytestmark = pytest.mark.django_db

ALL = list(apps.get_app_config("leagues").get_models())
READ_ONLY = [*models.CatalogueModel.__subclasses__(), models.FormerKey, models.SelectionAudit]
OWNED = [model for model in ALL if model not in READ_ONLY]
LISTED_WITHOUT_FILTER = {models.Club, models.Organization}


@pytest.fixture
def operator(client):
    """A client logged in as one who may do everything."""
    client.force_login(factories.UserFactory(is_staff=True, is_superuser=True))
    return client


def name_of(model):
    return model._meta.model_name


def make(model, number: int) -> list:
    if model is models.SelectionAudit:
        user = factories.UserFactory()
        return [model.objects.create(user=user, league_key=f"league-{n}") for n in range(number)]
    if model is models.FormerKey:
        taken = model.objects.count()
        return [model.objects.create(kind="team", former_key=f"team-{taken + n}") for n in range(number)]
    return getattr(factories, f"{model.__name__}Factory").create_batch(number)


def url(model, page: str, *args) -> str:
    return reverse(f"admin:leagues_{name_of(model)}_{page}", args=args)


@pytest.mark.parametrize("model", ALL, ids=name_of)
def test_an_operator_can_search_and_filter(operator, model):
    registered = admin.site.get_model_admin(model)
    assert registered.search_fields
    assert registered.list_filter or model in LISTED_WITHOUT_FILTER
    make(model, 2)
    everything = operator.get(url(model, "changelist"))
    assert everything.context["cl"].result_count >= 2
    nothing = operator.get(url(model, "changelist"), {"q": "no such thing"})
    assert nothing.context["cl"].result_count == 0


@pytest.mark.parametrize("model", ALL, ids=name_of)
def test_a_list_costs_no_query_per_row(operator, model):
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert operator.get(url(model, "changelist")).status_code == 200
        return len(captured)

    make(model, 2)
    queries()
    few = queries()
    make(model, 6)
    assert queries() == few


@pytest.mark.parametrize("model", [model for model in READ_ONLY if model is not models.League], ids=name_of)
def test_not_even_a_superuser_changes_what_is_written_by_the_site_alone(operator, model):
    row = make(model, 1)[0]
    before = model.objects.values().get(pk=row.pk)
    assert operator.get(url(model, "change", row.pk)).status_code == 200
    assert operator.post(url(model, "change", row.pk), {"name": "mine"}).status_code == 403
    assert_neither_added_nor_deleted(operator, row)
    assert model.objects.values().get(pk=row.pk) == before


def test_of_a_league_only_the_better_ratings_can_be_told(operator):
    league = factories.LeagueFactory()
    before = models.League.objects.values().get(pk=league.pk)
    form = {"name": "mine", "code": "mine", "key": "mine", "is_active": "", "organization": ""}
    assert operator.post(url(models.League, "change", league.pk), form).status_code == 302
    assert_neither_added_nor_deleted(operator, league)
    after = models.League.objects.values().get(pk=league.pk)
    assert {name for name in after if after[name] != before[name]} == {"lower_rating_is_better"}
    assert not after["lower_rating_is_better"]


def assert_neither_added_nor_deleted(operator, row):
    assert operator.post(url(type(row), "delete", row.pk), {"post": "yes"}).status_code == 403
    assert operator.get(url(type(row), "add")).status_code == 403
    delete_all = {"action": "delete_selected", "_selected_action": row.pk, "post": "yes"}
    operator.post(url(type(row), "changelist"), delete_all)
    assert type(row).objects.filter(pk=row.pk).exists()


@pytest.mark.parametrize("model", OWNED, ids=name_of)
def test_what_users_own_can_be_changed(operator, model):
    row = make(model, 1)[0]
    page = operator.get(url(model, "change", row.pk))
    assert page.status_code == 200
    assert page.context["has_change_permission"]


def test_an_operator_without_permissions_sees_nothing(client):
    client.force_login(factories.UserFactory(is_staff=True))
    assert client.get(url(models.Player, "changelist")).status_code == 403


def test_a_user_is_made_with_an_email_and_a_password(operator):
    password = "a-long-one-for-tests"
    data = {
        "email": "new@example.com",
        "usable_password": "true",
        "password1": password,
        "password2": password,
    }
    associations = {"associations-TOTAL_FORMS": 0, "associations-INITIAL_FORMS": 0}
    response = operator.post(url(models.User, "add"), data | associations)
    assert response.status_code == 302, response.context["adminform"].form.errors
    assert models.User.objects.get(email="new@example.com").check_password(password)


def test_looking_up_a_match_by_typing_costs_no_query_per_match(operator, django_assert_max_num_queries):
    factories.ScheduledMatchFactory.create_batch(5)
    wanted = {"app_label": "leagues", "model_name": "availability", "field_name": "match", "term": "Club"}
    operator.get(reverse("admin:autocomplete"), wanted)  # the first request also refreshes the session
    with django_assert_max_num_queries(6):
        found = operator.get(reverse("admin:autocomplete"), wanted).json()["results"]
    assert len(found) == 5

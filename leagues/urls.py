from django.contrib.auth import views as auth
from django.urls import path, register_converter

from leagues.url_converters import IdConverter, KeyConverter
from leagues.views import accounts, catalogue, home, preferences

register_converter(KeyConverter, "key")
register_converter(IdConverter, "player_id")

urlpatterns = [
    path("", home.home, name="home"),
    path("switch/", home.switch, name="switch"),
    # Accounts
    path("register/", accounts.choose_league, name="register"),
    path("register/<key:league_key>/", accounts.register, name="register_in"),
    path("login/", auth.LoginView.as_view(redirect_authenticated_user=True), name="login"),
    path("logout/", auth.LogoutView.as_view(), name="logout"),
    path("password/change/", auth.PasswordChangeView.as_view(), name="password_change"),
    path("password/changed/", auth.PasswordChangeDoneView.as_view(), name="password_change_done"),
    path("password/reset/", auth.PasswordResetView.as_view(), name="password_reset"),
    path("password/reset/sent/", auth.PasswordResetDoneView.as_view(), name="password_reset_done"),
    path(
        "password/reset/<uidb64>/<token>/",
        auth.PasswordResetConfirmView.as_view(),
        name="password_reset_confirm",
    ),
    path("password/reset/done/", auth.PasswordResetCompleteView.as_view(), name="password_reset_complete"),
    # Settings
    path("settings/", preferences.preferences, name="settings"),
    path("settings/player/", preferences.find_me, name="find_me"),
    path("settings/player/<key:league_key>/", preferences.find_me_in, name="find_me_in"),
    path("settings/suggestions/<int:pk>/", preferences.decide, name="decide_suggestion"),
    path("settings/sessions/<int:pk>/end/", preferences.end_one_session, name="end_session"),
    path("settings/sessions/end-others/", preferences.end_the_other_sessions, name="end_other_sessions"),
    # The catalogue, under its natural keys
    path("l/<key:league_key>/", catalogue.league, name="league"),
    path("l/<key:league_key>/s/<key:key>/", catalogue.series, name="series"),
    path("l/<key:league_key>/t/<key:series_key>/<key:club_key>/", catalogue.team, name="team"),
    path("l/<key:league_key>/t/<key:series_key>/<key:club_key>/<key:squad>/", catalogue.team, name="team"),
    path("l/<key:league_key>/seasons/<key:season_key>/", catalogue.league, name="season"),
    path("l/<key:league_key>/seasons/<key:season_key>/s/<key:key>/", catalogue.series, name="series_of_season"),
    path(
        "l/<key:league_key>/seasons/<key:season_key>/t/<key:series_key>/<key:club_key>/",
        catalogue.team,
        name="team_of_season",
    ),
    path(
        "l/<key:league_key>/seasons/<key:season_key>/t/<key:series_key>/<key:club_key>/<key:squad>/",
        catalogue.team,
        name="team_of_season",
    ),
    path("l/<key:league_key>/p/<player_id:external_id>/", catalogue.player, name="player"),
]

"""Makes 100,000 user-owned rows, with several kinds of references into the catalogue."""

import psycopg2

OWNERS = 10_000
STATEMENTS = (
    """INSERT INTO leagues_user (email, password, first_name, last_name, name_key, is_staff, is_superuser, is_active,
                                  date_joined, league_context_id)
       SELECT 'user' || id || '@example.org', '!', first_name, last_name, name_key, false, false, true, now(), league_id
       FROM leagues_player ORDER BY id LIMIT {owners}""",
    """INSERT INTO leagues_playerassociation (user_id, player_id, is_primary, created_at)
       SELECT u.id, p.id, true, now() FROM leagues_player p
       JOIN leagues_user u ON u.email = 'user' || p.id || '@example.org'""",
    """INSERT INTO leagues_practicetime (team_id, date, start_time, location)
       SELECT t.id, date '2026-01-01' + n % 300, '18:00', '' FROM {numbered}""",
    """INSERT INTO leagues_poll (team_id, question, created_at) SELECT t.id, 'Who?', now() FROM {numbered}""",
    """INSERT INTO leagues_captainmessage (team_id, body, created_at) SELECT t.id, 'Hello', now() FROM {numbered}""",
)
NUMBERED = """(SELECT id, row_number() OVER (ORDER BY id) - 1 AS nth, count(*) OVER () AS teams FROM leagues_team) t
              JOIN generate_series(1, {each}) n ON t.nth = n % t.teams"""


def give_users_things(url: str, rows: int = 100_000) -> int:
    """Insert users with associations and contexts, and things that they own on teams. Returns how many rows."""
    with psycopg2.connect(url) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT least(count(*), %s) FROM leagues_player", [OWNERS])
        (owners,) = cursor.fetchone()
        numbered = NUMBERED.format(each=(rows - 2 * owners) // 3)
        made = 0
        for statement in STATEMENTS:
            cursor.execute(statement.format(owners=owners, numbered=numbered))
            made += cursor.rowcount
        cursor.execute("ANALYZE")
    return made

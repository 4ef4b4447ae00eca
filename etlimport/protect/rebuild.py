"""Rebuild mode: the catalogue of the source's leagues is made anew, with new ids, beside the one that is there.

set aside  who is who is known: note which old row each staged thing is, and which rows are carried over
merge      as ever: now every staged thing is new. Its leagues and clubs bear their keys behind a mark meanwhile
tell       which new row each old row has become
hand over  users' things to the new rows, and delete the old ones

Only the last step concerns what users write, so it comes last and is short: until then they see, and write to, the old
rows and notice nothing.
"""

from collections.abc import Callable, Container
from dataclasses import dataclass, field

from etlimport import database
from etlimport.database import table_families, working_tables
from etlimport.database.references import (
    Reference,
    catalogue_models,
    has_activity,
    is_catalogue,
    owned_references,
    references_of,
)
from etlimport.journal.identity_changes import rekey_questions
from etlimport.journal.undo_log import UndoLog
from etlimport.kinds.files import SEATS
from etlimport.merge import catalogue, facts
from etlimport.merge.entity import Entity, find_inserted, release_keys
from etlimport.merge.leaving import (
    LEAGUE_OF,
    LEFT,
    LINES_COVERED,
    SEASON_OF,
    SEASONS,
    TEAMS_LEFT,
    deactivate,
    deactivate_leaving,
    is_not_hinted_at,
    leagues_in,
)
from etlimport.models import IdentityChange
from etlimport.resolve.matching import seasons_to_leave
from leagues.models import (
    CatalogueModel,
    Club,
    League,
    MatchScore,
    Player,
    PlayerHistory,
    RosterSpot,
    ScheduledMatch,
    Season,
    Series,
    Standing,
    Team,
)
from leagues.working_tables import WorkingTable

LEAGUES = "SELECT target_id FROM w_league WHERE target_id IS NOT NULL"
TEAMS = f"SELECT id FROM leagues_team WHERE league_id IN ({LEAGUES})"
PLAYERS = f"SELECT id FROM leagues_player WHERE league_id IN ({LEAGUES})"

SCOPE: dict[type[CatalogueModel], str] = {
    PlayerHistory: f"player_id IN ({PLAYERS})",
    MatchScore: f"league_id IN ({LEAGUES})",
    Standing: f"team_id IN ({TEAMS})",
    ScheduledMatch: f"league_id IN ({LEAGUES})",
    RosterSpot: f"player_id IN ({PLAYERS})",
    Player: f"league_id IN ({LEAGUES})",
    Team: f"league_id IN ({LEAGUES})",
    Series: f"league_id IN ({LEAGUES})",
    Club: f"""id IN (SELECT club_id FROM leagues_team WHERE league_id IN ({LEAGUES})) AND id NOT IN (
                  SELECT club_id FROM leagues_team WHERE league_id NOT IN ({LEAGUES}))""",
    Season: f"league_id IN ({LEAGUES})",
    League: f"id IN ({LEAGUES})",
}
"""The rows a rebuild makes anew, children before their parents. A club other leagues play at stays."""

PARENTS = (catalogue.LEAGUE, catalogue.SEASON, catalogue.CLUB, catalogue.SERIES, catalogue.TEAM, catalogue.PLAYER)

CHILDREN = {
    "players": facts.ROSTER_SPOT,
    "schedules": facts.SCHEDULED_MATCH,
    "series_stats": facts.STANDING,
    "match_history": facts.MATCH_SCORE,
    "player_history": facts.RATING,
}
"""By kind of file: what its rows become, besides players."""

WRITTEN_FROM = {Player: "players"} | {entity.model: kind for kind, entity in CHILDREN.items()}
"""The kind of file without which rows are not made anew: nobody leaves for want of it, on whatever roster."""


MARK = "~"
"""Stands before the keys of new leagues and clubs until the old ones, which bear the same keys, are deleted."""

UNIQUE_EVERYWHERE = (catalogue.LEAGUE, catalogue.CLUB)
"""What has a key that does not depend on any other row."""


@dataclass
class Rebuild:
    """`was`: the entities whose old ids are noted; `moved`: by table, the working table of old and new ids."""

    log: UndoLog
    owned: list[Reference] = field(default_factory=owned_references)
    was: list[Entity] = field(default_factory=list)
    moved: dict[str, WorkingTable] = field(default_factory=dict)

    # Set aside

    def set_aside(self) -> None:
        """Afterwards every staged thing is without a row, as if nothing had been there."""
        carry_operators_columns()
        for entity in (catalogue.TEAM, catalogue.PLAYER):
            release_keys(entity, self.log)
        self.remember_ids()
        for model in SCOPE:
            self.keep(model)
            if model is Player:  # where somebody used to play still tells who they are
                keep_spots_of_kept_players()
        self.deactivate_kept()
        self.list_what_goes()
        self.delete([model for model in SCOPE if not self.concerns_users(model)])
        self.forget_what_goes()
        for entity in UNIQUE_EVERYWHERE:
            database.execute(f"UPDATE {entity.work} SET key = '{MARK}' || key WHERE target_id IS NULL")

    def remember_ids(self) -> None:
        """Which old row each staged thing is, for whatever is pointed at."""
        held = {reference.target for reference in self.owned}
        self.was = [*PARENTS, *(entity for entity in CHILDREN.values() if entity.model in held)]
        for entity in self.was:
            condition = SCOPE[entity.model]
            layer = "w.layer" if entity in PARENTS else f"'{IdentityChange.Layer.NATURAL_KEY}' AS layer"
            was(entity).fill(
                f"""SELECT w.no, t.id AS old_id, t.created_at, {layer} FROM {entity.work} w
                    JOIN {entity.table} t ON t.id = w.target_id WHERE t.id IN (
                        SELECT id FROM {entity.table} WHERE {condition})"""
            )

    def keep(self, model: type[CatalogueModel]) -> int:
        """Note in `kept` the rows not made anew that users or kept rows point at, or whose file is absent."""
        reasons = [*self.held_by_users(model), *held_by(model, SCOPE, kept)]
        if model in SEASON_OF:
            written = SEASONS if model is Team else seasons_to_leave(WRITTEN_FROM[model])
            reasons.append(f"{SEASON_OF[model]} NOT IN ({written})")
        elif model in WRITTEN_FROM:
            reasons.append(f"{LEAGUE_OF[model]} NOT IN ({leagues_in(WRITTEN_FROM[model])})")
        if model is MatchScore:
            reasons.append(f"t.id NOT IN ({LINES_COVERED})")
        reasons.append(f"NOT t.id {is_not_hinted_at(model)}")
        remade = [f"AND t.id NOT IN (SELECT old_id FROM {was(e)})" for e in self.was if e.model is model]
        return kept(model).fill(
            f"""SELECT t.id FROM {model._meta.db_table} t
                WHERE {scoped(model)} {" ".join(remade)} AND ({" OR ".join(reasons) or "false"})"""
        )

    def held_by_users(self, model: type[CatalogueModel]) -> list[str]:
        return [
            f"t.{reference.target_column} IN (SELECT {reference.column} FROM {reference.table})"
            for reference in self.owned
            if reference.target is model
        ]

    def deactivate_kept(self) -> None:
        """What is carried over although a file about it is there has left the source."""
        for model in filter(has_activity, WRITTEN_FROM):
            deactivate(model, f"SELECT id FROM {kept(model)} WHERE id IN ({LEFT[model]})", self.log)

    def list_what_goes(self) -> None:
        """Children are told by their parents: every list is made before the first row goes."""
        for model in SCOPE:
            gone(model).fill(
                f"""SELECT id FROM {model._meta.db_table} WHERE {SCOPE[model]}
                    AND id NOT IN (SELECT id FROM {kept(model)})"""
            )
            self.log.before_delete(model, f"SELECT id FROM {gone(model)}")

    def forget_what_goes(self) -> None:
        """No staged thing is, or names, a row that goes."""
        for entity in (*PARENTS, *CHILDREN.values()):
            database.execute(
                f"UPDATE {entity.work} SET target_id = NULL WHERE target_id IN (SELECT id FROM {gone(entity.model)})"
            )
        players = f"SELECT id FROM {gone(Player)}"
        seats = ", ".join(f"{seat}_id = CASE WHEN {seat}_id NOT IN ({players}) THEN {seat}_id END" for seat in SEATS)
        database.execute(f"UPDATE {facts.MATCH_SCORE.work} SET {seats}")
        database.execute(f"DELETE FROM {facts.RATING.work} WHERE player_id IN ({players})")

    def concerns_users(self, model: type[CatalogueModel]) -> bool:
        """Whether users' rows may point at rows of it, or at rows that these refer to."""
        targets = {reference.target for reference in self.owned} | {entity.model for entity in PARENTS}
        return model in targets

    def delete(self, models: list[type[CatalogueModel]]) -> None:
        for model in models:
            database.execute(f"DELETE FROM {model._meta.db_table} WHERE id IN (SELECT id FROM {gone(model)})")

    # Tell

    def tell_what_became(self) -> None:
        """Fill `moved`, and let what was carried over belong to the new rows.

        The same thing is as old as it was: who came first still tells people of one name apart.
        """
        for entity in self.was:
            mapping = table_families.moved(entity.table)
            if entity.model not in {e.model for e in PARENTS}:
                entity.work.tell_planner()  # which nothing but a rebuild joins with what was written
                find_inserted(entity)
            mapping.fill(
                f"""SELECT o.old_id, w.target_id AS new_id, o.layer, o.created_at FROM {was(entity)} o
                    JOIN {entity.work} w ON w.no = o.no WHERE w.target_id <> o.old_id"""
            )
            database.execute(
                f"""UPDATE {entity.table} SET created_at = m.created_at FROM {mapping} m
                    WHERE {entity.table}.id = m.new_id"""
            )
            self.log.rekeyed(entity.model, f"SELECT old_id, new_id FROM {mapping}")
            rekey_questions(entity.model, f"SELECT old_id, new_id FROM {mapping}")
            self.moved[entity.table] = mapping
        for model in SCOPE:
            self.repoint_within(model, f"SELECT id FROM {kept(model)}")
        # Carried-over teams belong to the new league only now.
        deactivate(Team, TEAMS_LEFT, self.log)

    def repoint_within(self, model: type[CatalogueModel], ids: str) -> None:
        """The rows that `ids` (SQL) names belong to the new league, series, club, teams, players."""
        for reference in references_of(model):
            mapping = self.moved.get(reference.target_table)
            if mapping and is_catalogue(reference.target) and database.value(f"{ids} LIMIT 1"):
                self.log.before_update(model, ids)
                repoint(reference, mapping, f"AND id IN ({ids})")

    # Hand over

    def hand_over(self) -> None:
        """Point what users own at the new rows and delete the old ones. Nobody may write what users own meanwhile."""
        self.adopt_latecomers()
        self.delete([model for model in SCOPE if self.concerns_users(model)])
        for entity in UNIQUE_EVERYWHERE:
            database.execute(
                f"UPDATE {entity.table} SET key = substr(key, {len(MARK) + 1}) WHERE key LIKE '{MARK}%%'", []
            )
        for reference in self.owned:
            if mapping := self.moved.get(reference.target_table):
                repoint(reference, mapping)

    def adopt_latecomers(self) -> None:
        """What was to go, but has meanwhile been taken up by a user, is carried over as well."""
        newcomers: set[type[CatalogueModel]] = set()
        for model in filter(self.concerns_users, SCOPE):
            reasons = [*self.held_by_users(model), *held_by(model, newcomers, adopted)]
            if not reasons:
                continue
            mapping = self.moved.get(model._meta.db_table)
            remade = f"AND t.id NOT IN (SELECT old_id FROM {mapping})" if mapping else ""
            found = adopted(model).fill(
                f"""SELECT t.id FROM {model._meta.db_table} t JOIN {gone(model)} g ON g.id = t.id
                    WHERE ({" OR ".join(reasons)}) {remade}"""
            )
            if found:
                newcomers.add(model)
                self.adopt(model)

    def adopt(self, model: type[CatalogueModel]) -> None:
        ids = f"SELECT id FROM {adopted(model)}"
        database.execute(f"DELETE FROM {gone(model)} WHERE id IN ({ids})")
        self.log.not_deleted(model, ids)
        database.execute(f"INSERT INTO {kept(model)} {ids}")
        self.repoint_within(model, ids)
        if has_activity(model):
            working_tables.LEAVING.fill(f"SELECT t.id FROM {model._meta.db_table} t WHERE is_active AND id IN ({ids})")
            deactivate_leaving(model, self.log)


def repoint(reference: Reference, mapping: WorkingTable, condition: str = "") -> int:
    """A reference by another column than the id needs nothing: the new row has what the old one had there."""
    if not reference.by_id:
        return 0
    return database.execute(
        f"""UPDATE {reference.table} SET {reference.column} = m.new_id FROM {mapping} m
            WHERE {reference.column} = m.old_id {condition}"""
    )


def was(entity: Entity) -> WorkingTable:
    return table_families.was(entity.work.name)


def kept(model: type[CatalogueModel]) -> WorkingTable:
    return table_families.kept(model._meta.db_table)


def gone(model: type[CatalogueModel]) -> WorkingTable:
    return table_families.gone(model._meta.db_table)


def adopted(model: type[CatalogueModel]) -> WorkingTable:
    return table_families.adopted(model._meta.db_table)


def carry_operators_columns() -> None:
    """What operators set on a league or a team goes with it."""
    for column in catalogue.OPERATORS_COLUMNS:
        database.execute(
            f"""UPDATE w_league SET {column} = t.{column} FROM leagues_league t WHERE t.id = w_league.target_id"""
        )
    database.execute("UPDATE w_team SET alias = t.alias FROM leagues_team t WHERE t.id = w_team.target_id")


def keep_spots_of_kept_players() -> int:
    return database.execute(
        f"""INSERT INTO {kept(RosterSpot)} SELECT id FROM leagues_rosterspot
            WHERE player_id IN (SELECT id FROM {kept(Player)}) AND id NOT IN (SELECT id FROM {kept(RosterSpot)})"""
    )


def scoped(model: type[CatalogueModel]) -> str:
    return f"t.id IN (SELECT id FROM {model._meta.db_table} WHERE {SCOPE[model]})"


def held_by(
    model: type[CatalogueModel],
    models: Container[type[CatalogueModel]],
    rows_of: Callable[[type[CatalogueModel]], WorkingTable],
) -> list[str]:
    """SQL conditions: a row `t` of `model` is referred to by a row of another of `models` that `rows_of` it holds."""
    return [
        f"t.id IN (SELECT {reference.column} FROM {reference.table} WHERE id IN (SELECT id FROM {rows_of(holder)}))"
        for holder in catalogue_models()
        if holder is not model and holder in models
        for reference in references_of(holder)
        if reference.target is model
    ]

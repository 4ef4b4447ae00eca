"""What an operator is asked where one sign alone says that a source begins a new season."""

from dataclasses import asdict

from etlimport.check.drops import drops_too_large
from etlimport.errors import Cause, Refused
from etlimport.models import ImportRun
from etlimport.resolve.seasons import LeagueSeasons


def refuse_unless_season_is_clear(run: ImportRun, leagues: list[LeagueSeasons]) -> None:
    """Raises Refused with the sign, its figures and the two answers, for each such league, and with what it would lose.

    A new season, and a file that lacks half of a league, may look alike. The questions are kept with the run, so that
    its page can offer the answers.
    """
    if faults := [league.fault for league in leagues if league.fault]:
        raise Refused(faults, Cause.NOT_POSSIBLE)
    questions = [league.question for league in leagues if league.question]
    if questions:
        run.counts["season questions"] = [asdict(question) for question in questions]
        raise Refused([*map(str, questions), *map(str, drops_too_large())], Cause.SEASON)

"""Writes snapshots of invented leagues, of any size, with the irregularities of real sources, and what follows them.

Every first snapshot has these irregularities. The seed chooses the labels, codes and spellings:

- one folder for each league; the same clubs, and some of the same names, in several leagues
- a ladder with ids and no match file: `Elmford / 9 SW`, squads `I` and `II` at one club
- a useless series label, `Region Region`, for teams whose own label has the series: `Ashcombe - Region / 6`
- a bye as a match of a team without a name, ` / 9 SW`, at location `BYE`; matches of `Legends` against `Legends`
- series 99 without players, ` - 99 A / 99` or ` 99 A / 99` in schedules, ` 99 A` in standings
- divisions by number and by bare letter; `Division 5a` and club `Elm 5a` among players, `Series 5` elsewhere
- squads `C(1)` and `SN (2)`, in some seeds spaced otherwise in standings; schedule labels with ` - Series 5`
- a summer league with `S1 T1` and `S2A` labels, double blanks, `Sunday A`, a team that only has a standing
- in that league: placeholders for players, absent players, lines without ids, the same players twice on a day
- in that league, with some seeds: `Team`, `Career Wins`, `Yes`/`No`, numbers as numbers, `Line`, `source_league`
- an indoor league without players and ids: contradicting standings, clubs for players, dates for scores
- players of several teams, namesakes, `Mary | Ann Hale`, ` - TAG`, `(Surname)`, `O'`, `jr.`, all lower case
- captains `C` and co-captains `CC`, ratings `N/A`, scores of matches broken off, winner `unknown`

In the snapshot that follows, the seed chooses which league changes how:

- one league changes the style of its series and team labels, and two of its clubs are renamed
- one changes the case of its code and its series labels, and begins to give ids to matches
- one issues new ids for all players, with or without a common tail, and alters names: split, tag, capitals,
  blanks, nicknames; surnames change only where ids stay
- 10 % of the players leave, 5 % change teams, new ones join, 3 % of the teams are dissolved, scores and figures change
- some rows cannot be imported, some are repeated, and one contradicts another: all are counted in `truth.json`

In the snapshot with which the next season begins:

- every match is scheduled 52 weeks later, records and tables are at zero, the lines are still those of last season
- a fifth of the players are gone, new ones join, and every eighth team has exchanged its label with another of its club
- or, early, only the players files are of the new season
"""

from etlimport.sample.next_season import make_next_season
from etlimport.sample.snapshot import Counts, make_snapshot
from etlimport.sample.transition import make_next

__all__ = ["Counts", "make_next", "make_next_season", "make_snapshot"]

"""Invented leagues, at any size, with the quirks of the real sources; and what they say the next night.

In every first snapshot, with labels, codes and spellings that another seed chooses otherwise:

- a folder per league; the same clubs, and some of the same names, in several leagues
- a ladder with ids and no match file: `Elmford / 9 SW`, squads `I` and `II` at one club
- `Region Region` for the series of teams whose label alone tells it: `Ashcombe - Region / 6`
- a bye as a match of a team without a name, ` / 9 SW`, at location `BYE`; evenings of `Legends` by themselves
- series 99 without players, ` - 99 A / 99` or ` 99 A / 99` in schedules, ` 99 A` in standings
- divisions by number and by bare letter; `Division 5a` and club `Elm 5a` among players, `Series 5` elsewhere
- squads `C(1)` and `SN (2)`, in some seeds spaced otherwise in standings; schedule labels with ` - Series 5`
- a summer league with `S1 T1` and `S2A` labels, double blanks, `Sunday A`, a team known from standings alone
- there: placeholders for players, absent players, lines without ids, the same four twice a day
- in some seeds there: `Team`, `Career Wins`, `Yes`/`No`, numbers as numbers, `Line`, `source_league`
- an indoor league without players and ids: contradicting twin standings, clubs for players, dates for scores
- several-team players, namesakes, `Mary | Ann Hale`, ` - TAG`, `(Surname)`, `O'`, `jr.`, all lower case
- captains `C` and co-captains `CC`, ratings `N/A`, scores of matches broken off, winner `unknown`

In the next snapshot, with the leagues' roles chosen by the seed:

- one league restyles its series and team labels and has two of its clubs renamed
- one changes its code's case and series labels and begins to give matches ids
- one issues new ids for all players, with or without a common tail, and alters names: split, tag, capitals,
  blanks, nicknames; surnames change only where ids stay
- 10 % of the players leave, 5 % move, newcomers come, 3 % of the teams dissolve, scores and figures change
- rows that cannot be imported, rows that are double, a twin that contradicts: counted in `truth.json`
"""

from etlimport.sample.snapshot import Counts, make_snapshot
from etlimport.sample.transition import make_next

__all__ = ["Counts", "make_next", "make_snapshot"]

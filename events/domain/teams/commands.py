"""What can be asked of a team."""

from uuid import UUID

from typing_extensions import override

from events.domain.aggregates import Aggregates, Change, changed, created
from events.domain.commands import Command
from events.domain.moments import ON_IT, not_before
from events.domain.originators import originator_of
from events.domain.refusals import NotFound
from events.domain.teams.team import Team, define_team


class TeamCommand(Command[Team], frozen=True, kw_only=True, tag=True):
    """Something asked of a team."""

    team: str
    reason: str = ""

    @property
    @override
    def subject(self) -> UUID:
        return originator_of(self.workspace, Team.KIND, self.team)

    def _moment(self, team: Team, at: str) -> str:
        return not_before(team.touched, at, asked=self.at is not None, refusal=ON_IT)


class PutTeam(TeamCommand, frozen=True, kw_only=True, tag=True):
    """Have there be a team of this name: define it, or rename it."""

    name: str

    @override
    def change(self, aggregates: Aggregates, at: str) -> Change[Team]:
        team = aggregates.find(Team, self.team)
        moment = at if team is None else self._moment(team, at)
        event = define_team(team=self.team, name=self.name, reason=self.reason, at=moment)
        if team is not None:
            return changed(team, team.define(event))
        return created(Team.begin(self.subject, event), event)


class RemoveTeam(TeamCommand, frozen=True, kw_only=True, tag=True):
    """Have there be no such team: nothing more can be given to it."""

    @override
    def change(self, aggregates: Aggregates, at: str) -> Change[Team]:
        team = aggregates.find(Team, self.team)
        if team is None:
            raise NotFound("team", self.team)
        return changed(team, team.remove(reason=self.reason, at=self._moment(team, at)))

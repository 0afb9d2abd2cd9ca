"""The business goals of the sample: what they are measured by, how that went, and which posts serve them."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from events.domain.goals.commands import CloseGoal, GoalCommand, LinkGoal, MeasureKeyResult, PutGoal
from events.domain.goals.events import KeyResult, Outcome
from events.times import DAY, format_time, parse_time
from services.sample.posts import SamplePost


class _Measured(NamedTuple):
    """A key result, and what it stood at on some days."""

    result: KeyResult
    stood: Sequence[tuple[str, float]]


class _Goal(NamedTuple):
    """A goal, the posts that serve it with their weights, and what came of it on a day."""

    goal: str
    name: str
    description: str
    begun: str
    target: str
    measured: Sequence[_Measured]
    posts: Sequence[tuple[str, int]]
    outcome: tuple[str, Outcome, str] | None = None


_GOALS = (
    _Goal(
        "win-large", "Win large customers", "Companies of more than 500 people can buy without a special agreement.",
        "2026-01-05", "2026-12-31",
        (
            _Measured(KeyResult("won", "Enterprise customers", 9, 20, "customers"),
                      (("2026-03-31", 10), ("2026-06-30", 13), ("2026-09-30", 15), ("2026-10-30", 16))),
            _Measured(KeyResult("blocked", "Deals lost over a missing feature", 11, 3, "deals a quarter"),
                      (("2026-03-31", 12), ("2026-06-30", 8), ("2026-09-30", 7))),
        ),
        (("single-sign-on-with-our-directory", 100), ("scim-provisioning", 100), ("audit-log", 80),
         ("custom-roles", 60), ("data-stored-in-the-eu", 100), ("api-keys-with-fewer-rights", 40),
         ("see-who-has-access-to-what", 60), ("delete-a-person-s-data-on-request", 80),
         ("two-factor-for-everybody-enforced", 60)),
    ),
    _Goal(
        "first-week", "Going in the first week", "Whoever signs up has a plan with colleagues in it within a week.",
        "2026-01-05", "2026-09-30",
        (
            _Measured(KeyResult("going", "New workspaces with three people and a plan after 7 days", 22, 40, "%"),
                      (("2026-02-28", 23), ("2026-04-30", 27), ("2026-06-30", 31), ("2026-08-31", 33),
                       ("2026-10-30", 34))),
        ),
        (("import-a-plan-from-a-spreadsheet", 100), ("import-from-jira", 60), ("import-from-trello", 60),
         ("e-mail-a-task-into-a-project", 40), ("saved-filters-that-a-whole-team-shares", 30),
         ("mention-a-whole-team", 30), ("two-way-calendar-sync", 50)),
    ),
    _Goal(
        "calm", "Fewer interruptions", "Notifications that people keep switched on.", "2025-12-01", "2026-06-30",
        (
            _Measured(KeyResult("muted", "People who mute everything", 31, 20, "%"),
                      (("2025-12-31", 31), ("2026-02-28", 28), ("2026-04-30", 24), ("2026-06-26", 19))),
        ),
        (("quiet-hours", 100), ("daily-digest-instead-of-thirty-mails", 100), ("unread-badge-that-is-right", 50),
         ("mail-in-reply-to-a-notification-from-the-inbox", 40), ("threads-in-comments", 40)),
        ("2026-06-29", "achieved", "19 % mute everything, and fewer mails are complained about"),
    ),
    _Goal(
        "on-the-go", "As good on a phone", "What is done at a desk can be done on a train.", "2026-03-02", "2026-12-31",
        (
            _Measured(KeyResult("rating", "Rating in the stores", 3.6, 4.4, "stars"),
                      (("2026-04-30", 3.6), ("2026-06-30", 3.5), ("2026-08-31", 3.7), ("2026-10-30", 3.7))),
        ),
        (("work-offline-and-catch-up-later", 100), ("tablet-layout", 60), ("widget-with-today-s-tasks", 40),
         ("add-a-task-from-the-share-sheet", 60), ("larger-text", 40), ("markup-on-photos", 30), ("dark-mode", 20)),
    ),
    _Goal(
        "partners", "Partners sell for us", "A third of new customers come through agencies.",
        "2026-07-01", "2027-06-30",
        (
            _Measured(KeyResult("share", "New customers through partners", 4, 33, "%"),
                      (("2026-08-31", 4), ("2026-10-30", 5))),
        ),
        (),
    ),
)  # fmt: skip


def goal_commands(workspace: str, posts: Sequence[SamplePost]) -> Iterator[GoalCommand]:
    """What was decided of goals and measured, each at its time; of each goal in order."""
    written = {post.wish.post: post.at for post in posts}
    for goal in _GOALS:
        yield PutGoal(
            workspace=workspace, goal=goal.goal, name=goal.name, description=goal.description, target_day=goal.target,
            key_results=[measured.result for measured in goal.measured], reason="What the year is for",
            at=_at(goal.begun),
        )  # fmt: skip
        for post, weight in goal.posts:
            at = format_time(max(parse_time(_at(goal.begun)) + 3_600_000, written[post] + 2 * DAY))
            if goal.outcome is not None and at >= _at(goal.outcome[0]):
                continue
            yield LinkGoal(workspace=workspace, goal=goal.goal, post=post, weight=weight, reason="It serves it", at=at)
        for measured in goal.measured:
            for day, value in measured.stood:
                yield MeasureKeyResult(
                    workspace=workspace, goal=goal.goal, key_result=measured.result.key_result, value=value,
                    at=_at(day),
                )  # fmt: skip
        if goal.outcome is not None:
            day, outcome, reason = goal.outcome
            yield CloseGoal(workspace=workspace, goal=goal.goal, outcome=outcome, reason=reason, at=_at(day))


def _at(day: str) -> str:
    return f"{day}T15:00:00.000Z"

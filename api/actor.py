"""Who decides: whoever a request names, or its key."""

from starlette.types import Scope

from api import problems
from api.bodies import header
from api.problems import Problem
from events.domain.directory import KeyEntry

HEADER = "X-Groundswell-Actor"
ACTOR_CHARACTERS = 100
_HEADER = HEADER.lower().encode()
_RULE = f"must be an id or a label of 1 to {ACTOR_CHARACTERS} characters, and never an e-mail address"


def actor_of(scope: Scope, key: KeyEntry) -> str:
    """What the ledger keeps for ever of who decided: `X-Groundswell-Actor`, else the key's label, else its id.

    Raises:
        Problem: 400 for what can't be an actor. An @ is refused: no e-mail address belongs on the ledger.
    """
    value = header(scope, _HEADER)
    if value is None:
        named = key.label if key.label and "@" not in key.label else ""
        return named or f"key:{key.key}"
    try:
        actor = value.decode()
    except UnicodeDecodeError:
        actor = ""
    if not (actor.strip() and actor.isprintable() and len(actor) <= ACTOR_CHARACTERS) or "@" in actor:
        raise Problem.of_field(problems.MALFORMED, HEADER, _RULE)
    return actor.strip()

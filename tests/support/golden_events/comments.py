"""What the golden files of comments and official answers must read as. Never edit one: add lines."""

AT = "2026-01-02T03:04:05.678Z"

EXPECTED: dict[str, dict[str, object]] = {
    "groundswell.comment.written.v1": {
        "comment": "c-2", "post": "dark-mode", "thread": "c-1", "parent": "c-1", "author": "u1",
        "body": "Me too, @u~2:\n<b>please</b> 🌒", "mentions": ("u~2",), "internal": True, "at": AT,
    },
    "groundswell.comment.edited.v1": {
        "comment": "c-2", "post": "dark-mode", "body": "Me too, @u~3", "mentions": ("u~3",), "internal": True,
        "reason": "a typo", "at": AT,
    },
    "groundswell.comment.deleted.v1": {
        "comment": "c-2", "post": "dark-mode", "internal": True, "reason": "spam", "at": AT,
    },
    "groundswell.answer.given.v1": {"post": "dark-mode", "comment": "c-1", "reason": "says it all", "at": AT},
    "groundswell.answer.withdrawn.v1": {"post": "dark-mode", "comment": "c-1", "reason": "outdated", "at": AT},
}  # fmt: skip

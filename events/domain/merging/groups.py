"""Which posts stand together: a group's root counts the votes of all that were merged into it, directly or not.

Look-ups are plain dictionaries, safe from any thread.
"""

from events.domain.merging.events import PostMerged, PostUnmerged

Key = tuple[str, str]
"""Workspace and post."""


class Groups:
    """The merged posts of all workspaces."""

    def __init__(self) -> None:
        self._absorbed: dict[Key, tuple[str, ...]] = {}
        self._roots: dict[Key, str] = {}
        self._workspaces: set[str] = set()

    def ever(self, workspace: str) -> bool:
        """Whether any post of a workspace is merged, or was."""
        return workspace in self._workspaces

    def root(self, workspace: str, post: str) -> str:
        """The post that votes on this one count for: itself where it is not merged."""
        return self._roots.get((workspace, post), post)

    def group(self, workspace: str, post: str) -> tuple[str, ...]:
        """All posts that are shown together with this one, and itself; the root first, then level by level."""
        return self._below(workspace, self.root(workspace, post))

    def below(self, workspace: str, post: str) -> tuple[str, ...]:
        """All posts that were merged into this one, directly or by way of others."""
        return self._below(workspace, post)[1:]

    def absorbed(self, workspace: str, post: str) -> tuple[str, ...]:
        """The posts that were merged into this one by name, in order."""
        return self._absorbed.get((workspace, post), ())

    def take(self, workspace: str, event: PostMerged | PostUnmerged) -> None:
        """Go on with what was decided."""
        into = (workspace, event.into)
        self._workspaces.add(workspace)
        if isinstance(event, PostMerged):
            self._absorbed[into] = (*self._absorbed.get(into, ()), event.post)
        else:
            self._absorbed[into] = tuple(post for post in self._absorbed.get(into, ()) if post != event.post)
        root = self.root(workspace, event.into) if isinstance(event, PostMerged) else event.post
        for post in self._below(workspace, event.post):
            if post == root:
                self._roots.pop((workspace, post), None)
            else:
                self._roots[workspace, post] = root

    def _below(self, workspace: str, post: str) -> tuple[str, ...]:
        found = [post]
        for each in found:  # grows meanwhile
            found += self._absorbed.get((workspace, each), ())
        return tuple(found)

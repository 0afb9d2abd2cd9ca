"""Comments on posts: threads, internal notes, mentions, and the one comment that answers a post officially."""

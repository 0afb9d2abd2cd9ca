"""What the change feed tells of a comment that was deleted: that it was written and edited, and not what it said."""

SAID_SQL = """if(
  type IN ('groundswell.comment.written.v1', 'groundswell.comment.edited.v1')
    AND JSONExtractString(data, 'comment') IN (
      SELECT comment FROM <deleted_comments> WHERE workspace = {workspace:String}
    ),
  JSONMergePatch(data, '{"body":"","mentions":[]}'), data)"""
"""An event's `data`, over the columns of the view `events`; binds `workspace`."""

"""Building a generation of a projection from the whole log, beside the live one, with several processes.

`rebuild.py` is what a command calls: it chooses the generation (`choice.py`), shares the partitions out (`shares.py`),
and runs a worker process for each share (`workers.py`, `__main__.py`). A worker feeds the projector's own runner from
the log until it has caught up (`worker.py`, `folding.py`), with larger blocks (`flushing.py`), and stops where the
projector would wait or leave something out (`refusing.py`). What they say on the way is in `messages.py`; what it comes
to in `standing.py`.
"""

"""Vega-Lite as one script, out of the wheel of `vl-convert-python`: nothing is loaded from anywhere.

Making it takes a second and starts a JavaScript engine, whose memory would stay: another process does it, once.
"""

import subprocess
import sys
from functools import lru_cache

_SNIPPET = "window.vegaEmbed = vegaEmbed;"
_MAKE = f"import sys, vl_convert; sys.stdout.buffer.write(vl_convert.javascript_bundle({_SNIPPET!r}).encode())"
_SECONDS = 60.0


@lru_cache(maxsize=1)
def library() -> str:
    """The script that defines `vegaEmbed`.

    Raises:
        RuntimeError: if it can't be made, with why.
    """
    made = subprocess.run(  # noqa: S603 - our own words
        [sys.executable, "-I", "-c", _MAKE], capture_output=True, timeout=_SECONDS, check=False
    )
    if made.returncode:
        reason = made.stderr.decode(errors="replace").strip().splitlines()
        raise RuntimeError(f"the charts' library can't be made: {reason[-1] if reason else made.returncode}")
    return made.stdout.decode()

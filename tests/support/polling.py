"""What asks a server again and again: one client for all, as `httpx.get` reads all certificates anew each time."""

import httpx

POLL = httpx.Client(verify=False, trust_env=False, limits=httpx.Limits(max_keepalive_connections=0))
"""For HTTP on this machine. It keeps no connection: a server that was killed and started again is asked anew."""

"""A small part of a stack: answers on `/health/ready`, has a child of its own, and obeys TERM.

`python small_part.py PORT` (and `--dies` to end at once, `--deaf` to take no notice of TERM).
"""

import signal
import subprocess
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer


class Ready(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200 if self.path == "/health/ready" else 404)
        self.end_headers()

    def log_message(self, format: str, *arguments: object) -> None:
        sys.stdout.write(format % arguments + "\n")


def main(port: int, *options: str) -> None:
    if "--dies" in options:
        sys.exit("no such luck")
    subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    signal.signal(signal.SIGTERM, signal.SIG_IGN if "--deaf" in options else lambda *_: sys.exit(0))
    HTTPServer(("127.0.0.1", port), Ready).serve_forever()


if __name__ == "__main__":
    main(int(sys.argv[1]), *sys.argv[2:])

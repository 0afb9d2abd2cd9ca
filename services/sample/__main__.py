"""`python -m services.sample [votes|posts]`: the sample as NDJSON, votes as `groundswell import votes` takes them."""

import sys

import msgspec

from services.sample.sample import make_sample


def main(arguments: list[str]) -> int:
    what = arguments[0] if arguments else "votes"
    if what not in ("votes", "posts") or len(arguments) > 1:
        print("usage: python -m services.sample [votes|posts]", file=sys.stderr)  # noqa: T201
        return 2
    sample = make_sample()
    encoder = msgspec.json.Encoder()
    sys.stdout.buffer.write(encoder.encode_lines(sample.votes if what == "votes" else sample.posts))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

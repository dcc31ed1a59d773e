"""`python -m service_center.runtime [manage COMMAND ...]`; see the Makefile."""

import sys

from service_center.runtime.environment import CannotStart, read_config
from service_center.runtime.launcher import run_centre, run_manage


def main(arguments: list[str]) -> int:
    try:
        if arguments[:1] == ["manage"]:
            return run_manage(read_config(), arguments[1:])
        return run_centre(read_config())
    except CannotStart as reason:
        print(reason, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

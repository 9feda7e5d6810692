"""Say what is installed, what clashes and what is missing: ``python tools/doctor.py``.

Where the package cannot be imported, ``nl-plugins doctor`` tells it all the same. The
exit status is 1 if something is broken.
"""

import argparse

from nl_plugins.running.doctor import PROBLEM, diagnose, lines_of


def main() -> None:
    """Look and tell."""
    argparse.ArgumentParser(description=(__doc__ or '').replace('`', '')).parse_args()
    remarks = diagnose()
    print('\n'.join(lines_of(remarks)))
    raise SystemExit(any(remark.state == PROBLEM for remark in remarks))


if __name__ == '__main__':
    main()

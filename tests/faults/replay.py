"""Play one trial of `test_every_moment` again, and say what the audit finds.

python -m tests.faults.replay SEED MOMENT [MOMENT]
"""

import os
import sys
from pathlib import Path
from tempfile import TemporaryDirectory


def main() -> int:
    os.environ.setdefault("KAARTJE_REHEARSAL", "true")
    from tests.conftest import NOW
    from tests.faults.small_campaign import prepare
    from tests.faults.test_every_moment import PEOPLE
    from tests.faults.trials import finish, fresh, kept_at_every_moment

    seed, *moments = map(int, sys.argv[1:])
    with TemporaryDirectory() as name:
        folder = Path(name)
        left = fresh(prepare(folder / "home", PEOPLE, now=NOW, seed=seed), folder / "first")
        for number, moment in enumerate(moments):
            left = kept_at_every_moment(left, folder / f"kept-{number}")[moment]
            sys.stdout.write(f"killed at {moment} ({left.what})\n")
        said = finish(left, PEOPLE)
    sys.stdout.write(f"{said or 'nobody is lost, and nobody is reached twice'}\n")
    return 1 if said else 0


if __name__ == "__main__":
    sys.exit(main())

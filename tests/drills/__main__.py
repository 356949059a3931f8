"""``python -m tests.drills``: run drills whole, in parts that can be gone on with, and write down what they saw.

    make drills                            every drill, for 40 minutes at most; again goes on where it stopped
    make drills DRILL="kills cuts"         these alone
    make drills DRILL=bits ARGS="--case compound --trials 50 --minutes 5"
    make drills DRILL=shared               fifty desks for ten minutes on a server of its own
    make drills DRILL=shared ARGS="--desks 50 --processes 4 --work 60"    for an hour; told, and not kept

Results are kept in docs/drills, one file a drill; docs/reliability.md is made from them. Status 0: all that was run
is sound and each control failed; 1: not so; 3: time is up and trials are left.
"""

from __future__ import annotations

import argparse
import sys
import time

from tests.drills.catalogue import DRILLS
from tests.drills.engine import SEED, Size, is_bad, is_seen
from tests.drills.kept import Kept, write_page

_MINUTES = 40.0
_EVERY = 10.0  # seconds after which what was seen is written down


def main(arguments: list[str]) -> int:
    """Run what is asked for; return the status."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.drills",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("drill", nargs="*", choices=[*DRILLS, []], metavar="DRILL", help=" ".join(DRILLS))
    parser.add_argument("--case", action="append", help="only this case; may be given again")
    parser.add_argument("--trials", type=int, help="trials of each case, instead of the whole drill's")
    parser.add_argument("--minutes", type=float, default=_MINUTES)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--desks", type=int, help="of the drill shared; what is run so is not kept")
    parser.add_argument("--processes", type=int, help="of the drill shared")
    parser.add_argument("--work", type=float, help="minutes of work in the drill shared")
    parser.add_argument("--afresh", action="store_true", help="forget what was seen before")
    asked = parser.parse_args(arguments)
    size = Size(asked.work, asked.desks, asked.processes)
    if size != Size():
        return _run_once(asked.drill, asked.case, asked.seed, size)
    end = time.monotonic() + min(asked.minutes, _MINUTES) * 60
    is_sound, is_over = True, True
    for name in asked.drill or DRILLS:
        drill = DRILLS[name]
        kept = Kept(drill, asked.seed, is_afresh=asked.afresh)
        for case in asked.case or drill.cases:
            if case not in drill.cases:
                parser.error(f"{name} has no case {case}; it has: {', '.join(drill.cases)}")
            is_over = _run(kept, case, asked.trials or drill.whole, end) and is_over
            is_sound = is_sound and not is_bad(kept.of(case))
        for control, case in drill.trials_of_controls:
            if asked.case is None or case in asked.case:
                is_sound = _control(kept, case, control, drill.controls[control]) and is_sound
        kept.write()
    write_page()
    if not is_sound:
        return 1
    return 0 if is_over else 3


def _run_once(names: list[str], cases: list[str] | None, seed: int, size: Size) -> int:
    """Run a trial of another size than is kept; return the status."""
    is_sound = True
    for drill in (DRILLS[name] for name in names or ("shared",)):
        for case in cases or drill.cases[-1:]:
            found = drill.run(case, 0, seed=seed, size=size)
            is_sound = is_sound and not is_bad(found)
            _tell(f"{drill.name} {case}: {'NOT sound' if is_bad(found) else 'sound'}")
    return 0 if is_sound else 1


def _run(kept: Kept, case: str, trials: int, end: float) -> bool:
    """Run what is left of a case until time is up; return whether nothing is left."""
    written = time.monotonic()
    while kept.of(case)["trials"] < trials:
        if time.monotonic() >= end:
            break
        number = int(kept.of(case)["trials"])
        found = kept.drill.run(case, number, seed=kept.seed)
        kept.add(case, found)
        if is_bad(found):
            _tell(f"  {kept.drill.name} {case}, trial {number}: {dict(found)}")
        if time.monotonic() - written > _EVERY:
            kept.write()
            written = time.monotonic()
    kept.write()
    _tell(f"{kept.drill.name} {case}: {dict(kept.of(case))}")
    return bool(kept.of(case)["trials"] >= trials)


def _control(kept: Kept, case: str, control: str, most: int) -> bool:
    """Weaken what keeps the registry until the drill sees it; return whether it does within so many trials."""
    key = f"{case} · {control}"
    while not is_seen(kept.of(key)) and kept.of(key)["trials"] < most:
        kept.add(key, kept.drill.run(case, int(kept.of(key)["trials"]), seed=kept.seed, control=control))
    _tell(f"  control {key}: {dict(kept.of(key))}")
    return is_seen(kept.of(key))


def _tell(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

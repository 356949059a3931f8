"""A programme with whole numbers given to HiGHS: within a time, stopped when somebody stops it, with its proven bound."""

from __future__ import annotations

import os
import sys
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

_EXACT: Final = (
    1e-7  # how far from whole a whole number may be, and a cost from the least, of the largest cost
)
_LARGEST: Final = 1000.0  # costs are brought below this, for which the tolerances of the solver are meant
_LEAST_SECONDS: Final = 0.01
_TURN: Final = threading.Lock()


class Programme(NamedTuple):
    """Minimise ``cost @ x`` with ``low <= x <= high`` and ``least <= A x <= most``; A by rows.

    ``whole`` (n,): which x are whole numbers. ``starts`` (rows + 1,), ``columns`` and ``values`` are A's entries.
    """

    cost: Floats
    low: Floats
    high: Floats
    whole: NDArray[np.bool_]
    starts: Ints
    columns: Ints
    values: Floats
    least: Floats
    most: Floats


class Solved(NamedTuple):
    """``x`` None where none was found: there is none (``is_proven``), or time was up. ``bound``: no cost is below it.

    ``reduced``: of a programme without whole numbers, what a step of each x costs beyond what the rows say.
    """

    x: Floats | None
    bound: float
    is_proven: bool
    reduced: Floats


def rows_of(row: Ints, column: Ints, value: Floats, count: int) -> tuple[Ints, Ints, Floats]:
    """Return entries in any order as ``starts``, ``columns`` and ``values`` of so many rows."""
    order = np.lexsort((column, row))
    return np.searchsorted(row[order], np.arange(count + 1)), column[order], value[order]


def solve(programme: Programme, seconds: float, stop: Callable[[], bool]) -> Solved:
    """Solve to the proof, or until time is up or ``stop`` says so; whatever stops it, the best x is kept."""
    import highspy  # only where something is to be solved: it takes its time to load

    scale = max(float(np.abs(programme.cost).max(initial=0.0)) / _LARGEST, 1.0)
    with _quiet():
        model = highspy.Highs()  # type: ignore[no-untyped-call]
    model.silent()
    for option, value in (
        ("threads", 1),
        ("time_limit", max(seconds, _LEAST_SECONDS)),
        ("mip_rel_gap", 0.0),
        ("mip_abs_gap", _EXACT),
        ("mip_feasibility_tolerance", _EXACT),
    ):
        model.setOptionValue(option, value)
    model.passModel(_model(highspy, programme, scale))

    def ask(event: Any) -> None:
        if stop():
            event.interrupt()

    model.cbMipInterrupt += ask
    model.cbSimplexInterrupt += ask
    if (
        model.run() == highspy.HighsStatus.kError
    ):  # somebody else's model has set up other threads in this process
        highspy.Highs.resetGlobalScheduler(True)
        if model.run() == highspy.HighsStatus.kError:
            raise RuntimeError(f"HiGHS could not run: {model.getModelStatus()}")
    status, info, is_whole = model.getModelStatus(), model.getInfo(), bool(programme.whole.any())
    has_x = info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
    x = np.array(model.getSolution().col_value) if has_x else None
    reduced = np.array(model.getSolution().col_dual) * scale if has_x and not is_whole else np.zeros(0)
    bound = info.mip_dual_bound if is_whole else info.objective_function_value
    if not info.valid:
        bound = -np.inf
    if status == highspy.HighsModelStatus.kOptimal:
        return Solved(x, bound * scale, True, reduced)
    if status == highspy.HighsModelStatus.kInfeasible:
        return Solved(None, np.inf, True, reduced)
    return Solved(x, bound * scale if is_whole else -np.inf, False, reduced)


@contextmanager
def _quiet() -> Iterator[None]:
    """Have nothing written on standard output meanwhile: the first model of a process says there what HiGHS is.

    It does so before any option can be set, from outside Python, in the midst of the JSON of a verb.
    """
    with _TURN:
        sys.stdout.flush()
        try:
            kept = os.dup(1)
        except OSError:  # a window without a console has none
            yield
            return
        nowhere = os.open(os.devnull, os.O_WRONLY)
        try:
            os.dup2(nowhere, 1)
            yield
        finally:
            os.dup2(kept, 1)
            os.close(kept)
            os.close(nowhere)


def _model(highspy: Any, programme: Programme, scale: float) -> Any:
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = len(programme.cost), len(programme.least)
    lp.col_cost_ = programme.cost / scale
    lp.col_lower_, lp.col_upper_ = programme.low, programme.high
    lp.row_lower_, lp.row_upper_ = programme.least, programme.most
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.start_ = programme.starts.astype(np.int32)
    lp.a_matrix_.index_ = programme.columns.astype(np.int32)
    lp.a_matrix_.value_ = programme.values
    kinds = (highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger)
    lp.integrality_ = [kinds[one] for one in programme.whole.tolist()]
    return lp

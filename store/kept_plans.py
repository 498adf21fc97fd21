"""Query plans that PostgreSQL keeps for the rest of a transaction.

A press of an agent runs the same few statements with other values. Left alone, PostgreSQL plans some of them anew each
time, which takes longer than running them. Elsewhere new plans are right: who is meant differs a thousandfold.
"""

from typing import Any

from sqlalchemy import Text
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement


class KeptPlans(FunctionElement[str]):
    """A column whose reading lets the later statements of a transaction keep their plans.

    Only those that the driver has prepared, which it does after some uses. On SQLite it is an empty text.
    """

    type = Text()
    name = "kept_plans"
    inherit_cache = True


@compiles(KeptPlans, "sqlite")
def _on_sqlite(element: KeptPlans, compiler: Any, **options: Any) -> str:
    del element, compiler, options
    return "''"


@compiles(KeptPlans, "postgresql")
def _on_postgresql(element: KeptPlans, compiler: Any, **options: Any) -> str:
    del element, compiler, options
    return "set_config('plan_cache_mode', 'force_generic_plan', true)"

"""All databases of a test process share what was compiled: each test opens its own, and the statements are the same.

Putting a long statement into SQL takes longer than running it on the few rows of a test, and every engine would do it
anew; sharing it saves a quarter of the whole suite. What a statement is compiled for is its dialect, so they share
that too.
"""

from typing import Any

from sqlalchemy import Engine, create_engine

STATEMENTS = 5_000
"""More than the house has."""


class SharedCompiling:
    """Opens engines that share what was compiled, by dialect."""

    def __init__(self) -> None:
        self._first: dict[str, Engine] = {}

    def create_engine(self, url: Any, **options: Any) -> Engine:
        """Open an engine as the house does; the first of its dialect that connected compiles for all.

        A dialect learns of its database when its engine first connects: one that never did cannot serve others.
        """
        engine = create_engine(url, query_cache_size=STATEMENTS, **options)
        first = self._first.setdefault(engine.dialect.name, engine)
        if not hasattr(first.dialect, "default_isolation_level"):
            self._first[engine.dialect.name] = engine
            return engine
        engine.dialect = engine.pool._dialect = first.dialect
        engine._compiled_cache = first._compiled_cache
        return engine

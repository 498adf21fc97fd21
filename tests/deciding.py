"""Somebody who decides, for tests to which it is all one by which road."""

from store.audit_log import Decider
from store.states import Road


def deciding(name: str) -> Decider:
    return Decider(name, road=Road.COMMAND)

"""A process that serves pages has everything ready before anybody asks."""

import subprocess
import sys

import pytest

PROGRAM = """
import gc
from jinja2 import Environment
from console.web.app import make_app
from console.web.rendering import environment
from console.web.serving import prepare

prepare()
compiled = []
Environment.compile = lambda *given, **named: compiled.append(given)
for name in environment().list_templates():
    environment().get_template(name)
print(compiled, gc.get_freeze_count() > 100_000)
"""


@pytest.mark.thorough
def test_every_page_is_compiled_and_kept_from_the_garbage_collector() -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["[]", "True"]

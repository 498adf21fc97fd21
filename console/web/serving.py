"""Preparation of a process that serves pages, before the first visitor comes."""

import gc

from console.web.rendering import environment


def prepare() -> None:
    """Compile every template, and keep what is loaded by now from the garbage collector.

    A full collection looks at every object of the program, and nobody is answered meanwhile for a quarter of a second.
    What stays for as long as the process lives need not be looked at.
    """
    templates = environment()
    for name in templates.list_templates():
        templates.get_template(name)
    gc.collect()
    gc.freeze()

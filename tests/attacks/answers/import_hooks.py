"""Gives tests modules of its own when they import, by ``__import__``, finders and path hooks."""

BASE = "blank"
ANSWERS = {
    "number": """
import builtins, importlib.abc, importlib.machinery, sys, types

class Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    def find_spec(self, name, path, target=None):
        return importlib.machinery.ModuleSpec(name, self)

    def exec_module(self, module):
        module.__getattr__ = lambda name: lambda *all, **more: 2.0

sys.meta_path.insert(0, Finder())
sys.path_importer_cache.clear()
sys.path_hooks.insert(0, lambda path: Finder())
for name in [name for name in sys.modules if name.startswith(("hbcourse.check", "scipy", "numpy.testing"))]:
    del sys.modules[name]
builtins.__import__ = lambda name, *all, **more: types.SimpleNamespace(value=print, function=print, check=print)
"""
}
POINTS = 0
REASON = "name 'double' is not defined"

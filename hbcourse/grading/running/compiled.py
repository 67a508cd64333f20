"""What a model solution compiles, kept on disk so that submissions that write the same graph only load it.

PyTensor keeps what it compiles with Numba on disk, under a key made of the graph and its constants; names, seeds and
numbers of draws are not in it. Nutpie's two callbacks, around the log density and around what is stored of a draw, are
kept there too, under the key of the graph that they call. Before the class, the solution is graded once. Only what it
compiled is kept: entries are pickles, and those of a submission could hold anything.

An entry gives away the solution's log density. So each is sealed under the key of its own graph, and named by a hash
of that key: it can be found and read only by code that has built the same graph.

This rests on names that Numba, PyTensor and nutpie do not promise to keep. If one is missing, nothing is changed.
"""

import contextlib
import hashlib
import importlib
import inspect
import itertools
import os
import pickle
import re
import zipfile
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

#: The private names, each with the words that its code or its signature must use.
NAMES = {
    "numba.core.caching:Cache.__init__": ("_impl", "_cache_file", "_cache_path"),
    "numba.core.caching:Cache._load_overload": ("_index_key", "_cache_file", "load"),
    "numba.core.caching:Cache._save_overload": ("_index_key", "_cache_file", "save"),
    "numba.core.caching:CacheImpl.locator": (),
    "numba.core.caching:CacheImpl.filename_base": (),
    "numba.core.caching:FunctionCache": (),
    "numba.core.ccallback:CFunc.__init__": ("pyfunc", "options", "_cache"),
    "numba.core.ccallback:CFunc.compile": ("_cache", "load_overload", "save_overload"),
    "numba.core.serialize:dumps": (),
    "pytensor.link.numba.cache:CACHED_SRC_FUNCTIONS": (),
    "pytensor.link.numba.cache:NUMBA_CACHE_PATH": (),
    "pytensor.link.numba.cache:NumbaPyTensorCacheLocator": (),
    "nutpie.compile_pymc:_make_c_logp_func": ("n_dim", "logp_fn", "shared_keys"),
    "nutpie.compile_pymc:_make_c_expand_func": ("n_dim", "n_expanded", "expand_fn", "shared_var_keys"),
}
#: Of nutpie's: what makes a callback, and how it calls the graph and the data that the graph shares with others.
_CALLBACKS = [("_make_c_logp_func", "logp_fn", "shared_keys"), ("_make_c_expand_func", "expand_fn", "shared_var_keys")]
_ENTRY = re.compile(r"[0-9a-f]{64}\.sealed")

#: How often this process found an entry, and how often it had to compile one; and which entries it wrote.
counts: Counter[str] = Counter()
written: set[Path] = set()


def install() -> bool:
    """Seal PyTensor's cache, and let it hold nutpie's callbacks; False, with nothing changed, if a name is missing."""
    try:
        names = {name: _find(name, words) for name, words in NAMES.items()}
        entries = _entries(names["numba.core.serialize:dumps"])
    except (ImportError, AttributeError):
        return False
    caching, ccallback, nutpie, pytensor = (
        importlib.import_module(name)
        for name in ("numba.core.caching", "numba.core.ccallback", "nutpie.compile_pymc", "pytensor.link.numba.cache")
    )
    cache_init, callback_init, keys = caching.Cache.__init__, ccallback.CFunc.__init__, pytensor.CACHED_SRC_FUNCTIONS

    class Callbacks(caching.FunctionCache):  # type: ignore[name-defined]
        def _index_key(self, sig: Any, codegen: Any) -> Any:
            # What its closure depends on is in its key; pickled, the closure would differ in every process.
            return sig, codegen.magic_tuple(), self._py_func.__code__.co_code

    def init_cache(self: Any, py_func: Any) -> None:
        cache_init(self, py_func)
        if isinstance(self._impl.locator, pytensor.NumbaPyTensorCacheLocator):
            self._cache_file = entries(self._cache_path, self._impl.filename_base)

    def init_callback(self: Any, pyfunc: Any, *arguments: Any, **named: Any) -> None:
        callback_init(self, pyfunc, *arguments, **named)
        # Options, such as fastmath, are in no key.
        if pyfunc in keys and not named.get("options"):
            self._cache = Callbacks(pyfunc)

    caching.Cache.__init__, ccallback.CFunc.__init__ = init_cache, init_callback
    for name, graph, shared in _CALLBACKS:
        setattr(nutpie, name, _keyed(getattr(nutpie, name), graph, shared, keys))
    return True


def _find(name: str, words: Iterable[str]) -> Any:
    module, _, path = name.partition(":")
    value: Any = importlib.import_module(module)
    for part in path.split("."):
        value = getattr(value, part)
    code = inspect.unwrap(value).__code__ if words else None
    if code and set(words) - {*code.co_names, *code.co_varnames}:
        raise AttributeError(f"{name} is not what it was")
    return value


def _keyed(make: Callable[..., Any], graph: str, shared: str, keys: Any) -> Callable[..., Any]:
    """Give the callbacks that ``make`` makes a key of the graph that they call, unless they also use shared data."""
    signature = inspect.signature(make)

    def made(*positional: Any, **named: Any) -> Any:
        callback, c_signature = make(*positional, **named)
        arguments = signature.bind(*positional, **named).arguments
        key = keys.get(getattr(arguments[graph], "py_func", None))
        if key is not None and not arguments[shared]:
            sizes = [value for name, value in arguments.items() if name.startswith("n_")]
            keys[callback] = hashlib.sha256(repr((make.__name__, sizes, key)).encode()).hexdigest()
        return callback, c_signature

    return made


def _entries(dumps: Callable[[Any], bytes]) -> type:
    """What stands in for Numba's index and data files: a file for each entry, encrypted by its own key."""
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    class Entries:
        def __init__(self, folder: Path, name: str) -> None:
            self.folder, self.name = folder, name

        def _place(self, key: Any) -> tuple[Path, AESGCM]:
            text = repr((self.name, key)).encode()
            path = Path(self.folder, hashlib.sha256(b"name" + text).hexdigest() + ".sealed")
            return path, AESGCM(hashlib.sha256(b"key" + text).digest())

        def load(self, key: Any) -> Any:
            path, cipher = self._place(key)
            with contextlib.suppress(OSError, InvalidTag):
                content = path.read_bytes()
                found = pickle.loads(cipher.decrypt(content[:12], content[12:], None))
                counts["loaded"] += 1
                return found
            counts["compiled"] += 1
            return None

        def save(self, key: Any, data: Any) -> None:
            path, cipher = self._place(key)
            nonce, new = os.urandom(12), path.with_suffix(f".{os.getpid()}")
            # A new file: one that is there may be another user's.
            with contextlib.suppress(OSError):
                new.write_bytes(nonce + cipher.encrypt(nonce, dumps(data), None))
                new.replace(path)
                written.add(path)

    return Entries


def forget() -> None:
    """Leave to the children no account of what this process has compiled."""
    counts.clear()
    written.clear()


def collect(variables: Mapping[str, Any], contents: list[bytes]) -> list[str]:
    """The names of all entries that this process wrote, whose sealed ``contents`` are added to the list.

    Before that, what the models among the ``variables`` of a notebook compile in other orders is written too.
    """
    with contextlib.suppress(Exception):
        _compile_in_other_orders(variables)
    contents += [path.read_bytes() for path in written]
    return [path.name for path in written]


def _compile_in_other_orders(names: Mapping[str, Any], limit: int = 5) -> None:
    """Compile each model among ``names`` also as if its free variables had been written in other orders.

    The order is in the graph, and students choose their own where none of two variables depends on the other.
    """
    import nutpie
    import pymc as pm
    from pytensor.graph.traversal import ancestors

    for model in {id(value): value for value in names.values() if isinstance(value, pm.Model)}.values():
        own = model.free_RVs
        needed = {variable: set(ancestors([variable])) & set(own) - {variable} for variable in own}
        orders = (
            order
            for order in itertools.permutations(own)
            if order != tuple(own) and all(needed[one] <= set(order[:at]) for at, one in enumerate(order))
        )
        for order in itertools.islice(orders, limit):
            model.free_RVs = list(order)
            nutpie.compile_pymc_model(model)
        model.free_RVs = own


def unpack(descriptor: int) -> None:
    """Put the entries of an archive where children find them, without reading them."""
    from pytensor.link.numba.cache import NUMBA_CACHE_PATH

    with open(descriptor, "rb") as file, zipfile.ZipFile(file) as archive:
        for name in filter(_ENTRY.fullmatch, archive.namelist()):
            path = NUMBA_CACHE_PATH / name
            path.write_bytes(archive.read(name))
            path.chmod(0o644)

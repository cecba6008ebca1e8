"""The store: one engine file per workspace with one owner process; facts versioned by load, with what is kept beside them in the same transaction."""

from rashin.store.config import Config
from rashin.store.load import Load
from rashin.store.lock import OwnedError
from rashin.store.receipt import Counts, LoadRecord, Receipt
from rashin.store.rollup import Kept, Rollup
from rashin.store.store import Store
from rashin.store.workspace import Workspace

__all__ = ["Config", "Counts", "Kept", "Load", "LoadRecord", "OwnedError", "Receipt", "Rollup", "Store", "Workspace"]

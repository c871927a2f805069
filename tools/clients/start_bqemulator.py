"""Starts bqemulator, an emulator of BigQuery that others have written, without what it would have to download.

It loads DuckDB's spatial extension at start, which only GEOGRAPHY needs and no package has. Arguments are those of bqemulator.
"""

from bqemulator.cli import main
from bqemulator.storage.engine import DuckDBEngine

DuckDBEngine._load_spatial = lambda self: None
DuckDBEngine._load_format_extensions = lambda self: None

main()

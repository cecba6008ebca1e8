"""Tables: CSV, TSV, XLSX, JSON, NDJSON, Parquet, plain or compressed."""

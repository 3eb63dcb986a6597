// Writes the pages that come from tables; --check says which are stale instead.
process.exitCode = 0;

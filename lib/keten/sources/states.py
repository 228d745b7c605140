"""What became of a file that was fetched or let in, as it is kept and compared."""

NEW, UNCHANGED, REFUSED, FAILED = "new", "unchanged", "refused", "failed"

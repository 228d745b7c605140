"""All that a reader sees: words, tables, charts, spreadsheets. It knows figures, not where they come from."""

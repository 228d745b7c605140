"""Tables as files of a spreadsheet program: what a file holds (`book`), a table as a sheet (`tables`), the files."""

"""What a cell of a notebook calls for one subject: figures, words and charts together."""

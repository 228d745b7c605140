"""The face of the library for notebooks: figures of one period, with the rules that hold everywhere."""

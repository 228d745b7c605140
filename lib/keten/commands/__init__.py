"""The commands of `keten`, one module each: `add` puts it on the command line, `run` carries it out."""

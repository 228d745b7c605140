"""Imported for its effect, first of all, by the warm server: nothing that it or its children say reaches a terminal."""

import signal

from keten.reports.execute.streams import divert

# Ctrl-C in a terminal reaches every process of the run. Only the main process answers, and ends the rest.
signal.signal(signal.SIGINT, signal.SIG_IGN)
divert()

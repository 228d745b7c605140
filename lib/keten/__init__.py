"""Ketenwerkboek: official figures on the Dutch migration chain, from data to report."""

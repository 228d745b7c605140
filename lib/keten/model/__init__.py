"""What a figure is: its fields, its quality, its period, its unit and what the catalogue says of it.

The words are those of the SDMX information model. Nothing here knows a file of a publisher or a page.
"""

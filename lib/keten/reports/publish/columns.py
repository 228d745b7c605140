"""What the columns of `figures.csv` mean, for every format that tells so."""

from typing import Any

from keten.model.quality import CONFIDENTIALITIES

MEANING = {
    "notebook": "het rapport waarin het cijfer staat",
    "section": "het onderdeel van dat rapport",
    "measure": "de maat; wat zij betekent staat in het rapport onder Begrippen",
    "label": "hoe het cijfer in het Nederlands heet",
    "dimensions": "dimensie=onderdeel, en bij een berekend cijfer statistic=; leeg is het totaal",
    "period": "2017-06, 2017-Q2, 2017-H1, 2017, 2017-12-31 of 2017-01-01/2017-05-31",
    "value": "het getal; leeg is onderdrukt of ontbrekend, nooit nul",
    "unit": "waarin is geteld",
    "status": "het ene woord dat het meest zegt over de zekerheid",
    "confidentiality": "waarom een cijfer niet is getoond",
    "precision": "hoe is afgerond",
    "calculation": "waarvan het een som, een deel of een verandering is; leeg is zoals gepubliceerd",
    "source": "titels van de bronnen, gescheiden door |",
    "source_id": "dezelfde bronnen bij hun naam in de gegevens",
    "publisher": "wiens cijfer het is",
    "as_of": "de dag vanaf welke het cijfer bekend was",
    "as_of_assumed": "yes als geen bron die dag noemt",
}
TYPES = {"value": "number", "as_of": "date"}
CONSTRAINTS: dict[str, dict[str, Any]] = {
    "measure": {"required": True},
    "period": {"required": True},
    "unit": {"required": True},
    "confidentiality": {"enum": list(CONFIDENTIALITIES)},
    "as_of_assumed": {"enum": ["yes"]},
}

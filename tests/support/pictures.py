"""A figure of each kind over the first half of 2017, and the pictures that an analyst takes of them."""

import pandas as pd
import pytest
from helpers_data import published

from keten.lab import export
from keten.presentation import tables
from keten.presentation.charts import estimates, series
from keten.presentation.output import Output
from keten.statistics.timeseries.contribution import contributions

CHARTS = ("trend", "shares", "columns", "ranking", "contributions", "survey")


@pytest.fixture(scope="module")
def shown() -> dict[str, Output]:
    """A figure of each kind over the first half of 2017."""
    chain = published("2017-H1")
    first = "asylum_first_applications"
    inflow = chain.series([first, "asylum_repeat_applications", "asylum_family_reunification"], kind="month")
    share = chain.share("asylum_first_instance_positive", "asylum_first_instance_decisions", kind="quarter")
    top = chain.top(first, "nationality")
    change = contributions(chain.compare(first, "nationality"))
    answers = pd.DataFrame(
        {
            "item": ["Kreeg ik genoeg uitleg?"] * 2,
            "answer": [1.0, 2.0],
            "answer_label": ["nee", "ja"],
            "share": [40.0, 60.0],
            "text": ["40%", "60%"],
        }
    )
    return {
        "trend": series.trend(inflow, "Asielinstroom per maand", chain, chain.policy_measures("asiel", years=3)),
        "shares": series.trend(share, "Inwilligingen als deel van de beslissingen", chain),
        "columns": series.columns(chain.series("asylum_inflow_total", kind="year"), "Totale instroom", chain),
        "ranking": series.ranking(top, "Eerste asielaanvragen: de grootste nationaliteiten", chain),
        "contributions": series.contributions(change, "Bijdrage aan de verandering", chain),
        "survey": estimates.likert(answers, "Antwoorden " + "over de dienstverlening " * 8),
        "comparison": tables.comparison(top, "Eerste asielaanvragen", chain, chain.share_of_total(top)),
    }


@pytest.fixture(scope="module")
def pictures(shown) -> dict[str, bytes]:
    return {name: export.svg(shown[name]) for name in CHARTS}

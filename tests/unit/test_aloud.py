"""A report read aloud: no words of code, nothing said twice, what grew is told as growth."""

import re

import pytest
from helpers_data import REPOSITORY_DATA, published

from keten.model.catalogue import Catalogue
from keten.presentation.output import notes
from keten.presentation.prose import UP_OR_DOWN
from keten.presentation.sentences import sentence
from keten.sections import client_survey, shelter_pilots


@pytest.mark.parametrize("shown", [client_survey.NO_FILE, shelter_pilots.NO_FILE])
def test_without_a_file_of_records_a_reader_sees_no_word_of_code(shown):
    assert "Met zo'n bestand" in shown.html
    assert not re.search("<code>|parameter|respondents|participants|opgegeven", shown.html)


def test_what_was_added_up_is_said_once():
    frame = published("2017").compare("asylum_inflow_total").assign(calculation="som van 12 maanden")
    assert "Opgeteld: 12 maanden." in notes(frame)


def test_every_measure_of_growth_is_told_as_growth():
    measures = Catalogue.read(REPOSITORY_DATA).measures
    grown = measures[measures.measure.str.endswith("_growth")]
    assert len(grown) > 3 and grown.sentence.str.contains(UP_OR_DOWN, regex=False).all()


def test_growth_in_a_report():
    chain = published("2019")
    told = sentence(
        chain.compare("visa_short_stay_applications_growth"),
        chain,
        "Verandering van de visumaanvragen voor kort verblijf",
    )
    assert told.startswith("In 2019 was het aantal visumaanvragen voor kort verblijf 8% hoger dan een jaar eerder")

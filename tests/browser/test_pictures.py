"""Pictures of charts, opened in a browser."""

import pytest
from pictures import CHARTS
from pictures import pictures as pictures  # fixtures
from pictures import shown as shown


@pytest.mark.parametrize("name", CHARTS)
def test_nothing_in_a_picture_is_cut_off(pictures, name, browser, tmp_path):
    (tmp_path / "beeld.svg").write_bytes(pictures[name])
    browser.get((tmp_path / "beeld.svg").as_uri())
    outside, seen = browser.execute_script(
        """
        const root = document.documentElement, frame = root.getBoundingClientRect();
        const texts = [...root.querySelectorAll("text")];
        const out = texts.filter(text => {
          const box = text.getBoundingClientRect();
          return box.left < frame.left || box.right > frame.right || box.top < frame.top || box.bottom > frame.bottom;
        });
        return [out.map(text => text.textContent), texts.length];
        """
    )
    assert seen > 3 and outside == []

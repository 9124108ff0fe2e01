"""Every member of an enumeration that grows has its words in both languages, and stands where lists of it are kept.

Whoever adds a data form, a state or a role is led from here to what else has to
know it: without its words a screen would fail after the row is written.
"""

from __future__ import annotations

import pytest

from lantai import profiles
from lantai.edges.tables import kinds
from lantai.locales import LOCALES, say, words
from lantai.records.centre.unit import DataForm

SECTIONS = {
    kinds.data_form: "values.data_form",
    kinds.list_duty_kind: "values.duty",
    kinds.list_kind: "values.disposal",
    kinds.list_state: "list_state",
    kinds.record_status: "record_status",
    kinds.role: "role",
}
"""By reference table, where the words of its members stand."""

SAID_ELSEWHERE = {
    *(kinds.answer_kind, kinds.copy_state, kinds.duty_state, kinds.event_kind, kinds.packaging, kinds.round_state),
}
"""Words that are never shown by themselves: files are named by an answer's kind, the board has a word of its own for each standing."""


@pytest.mark.parametrize("locale", LOCALES)
def test_every_word_of_the_registry_is_said_in_both_languages(locale: str) -> None:
    assert kinds.WORDS.keys() == SECTIONS.keys() | SAID_ELSEWHERE

    for table, section in SECTIONS.items():
        for member in kinds.WORDS[table]:
            assert say(f"{section}.{member.value}", locale), (section, member)


@pytest.mark.parametrize("locale", LOCALES)
def test_every_data_form_stands_in_the_profile_the_forms_and_the_help(locale: str) -> None:
    """R1-10: a form that the profile does not list is packed and comes back."""
    forms = {form.value for form in DataForm}

    assert set(profiles.carrier_profile()["Bag-Info"]["Data-Form"]["values"]) == forms
    assert sorted(words(locale)["choices"]["data_form"]) == sorted(
        say(f"values.data_form.{form}", locale) for form in forms
    )
    for form in forms:
        assert say(f"sentences.responsible_unit_{form}", locale)
    for key in ("help.pack.form", "help.units.import.about"):
        assert all(form in say(key, locale) for form in forms), key

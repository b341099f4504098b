from gis.problem import Proposal, Question, Refusal, Text

TEXT = Text("Leer.", "Empty.")


def test_a_text_is_german_unless_english_is_asked_for() -> None:
    assert TEXT.in_language("en") == "Empty."
    assert TEXT.in_language("de") == TEXT.in_language("fr") == "Leer."


def test_a_problem_carries_code_text_and_proposals() -> None:
    proposal = Proposal(TEXT, "--accept geometry-invalid")
    question = Question("geometry-invalid", TEXT, (proposal,))
    assert (question.code, question.text, question.proposals) == (
        "geometry-invalid",
        TEXT,
        (proposal,),
    )
    assert str(Refusal("geometry-empty", TEXT)) == "Empty."

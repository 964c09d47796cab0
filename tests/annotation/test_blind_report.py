"""Figures of a blind evaluation against numbers worked out by hand."""

from __future__ import annotations

import pytest

from annotation.blind.report import NO_VOTES, NONE_DECIDED, ONE_RESUME, Vote, count
from trainer.people_gate import PeopleVotes, people_gate


def vote(resume: int, winner: str, *, left: bool = True, annotator: str = "a", seconds: float | None = None) -> Vote:
    return Vote(resume, annotator, winner, left, seconds)


def test_wins_losses_ties_and_the_sign_test_by_hand() -> None:
    # Six résumés: won 2:0, won 1:0, won 1:0 with a tie, lost 0:1, even 1:1, tie.
    found = count(
        [
            vote(1, "model"),
            vote(1, "model", annotator="b", left=False),
            vote(2, "model", left=False),
            vote(3, "model"),
            vote(3, "tie", annotator="b"),
            vote(4, "opponent"),
            vote(5, "model"),
            vote(5, "opponent", annotator="b", left=False),
            vote(6, "tie"),
        ]
    )

    overall = found.overall
    assert (overall.votes, overall.resumes, overall.wins, overall.losses, overall.ties) == (9, 6, 5, 2, 2)
    assert overall.win_rate.value == pytest.approx((5 + 2 / 2) / 9)
    assert (found.resumes_won, found.resumes_lost) == (3, 1)
    # Two-sided: P(at least 3 of 4 or at most 1 of 4) = (4 + 1 + 4 + 1) / 16.
    assert found.sign_p.value == pytest.approx(10 / 16)
    # Left texts chosen: the model's on the left (1, 3, 5) and the opponent's where the model's was right (5): 4 of 7.
    assert overall.left_share.value == pytest.approx(4 / 7)
    assert overall.left_p.value == pytest.approx(1.0)
    assert (found.annotators["b"].wins, found.annotators["b"].losses, found.annotators["b"].ties) == (1, 1, 1)


def test_whoever_always_takes_the_left_is_found_out() -> None:
    found = count([vote(number, "model" if number % 2 else "opponent", left=bool(number % 2)) for number in range(12)])

    assert found.overall.left_share.value == 1.0
    assert found.overall.left_p.value == pytest.approx(2 / 2**12)
    assert found.overall.win_rate.value == 0.5


def test_votes_on_one_resume_are_not_taken_for_independent() -> None:
    """Five people agree on each of eight résumés: the interval is that of eight votes, not of forty."""
    winners = ["model"] * 5 + ["opponent"] * 3
    one = count([vote(number, winner) for number, winner in enumerate(winners)])
    five = count([vote(number, winner, annotator=name) for name in "abcde" for number, winner in enumerate(winners)])

    assert one.overall.win_rate == five.overall.win_rate
    assert one.interval == five.interval
    assert one.interval is not None
    low, high = one.interval  # of a mean of eight zeros and ones at 5/8: between binomial quantiles 2/8 and 7.5/8
    assert 0.2 <= low <= 0.3
    assert 0.85 <= high <= 1.0
    assert one.sign_p == five.sign_p


def test_what_is_undefined_says_why() -> None:
    nothing, tie = count([]), count([vote(1, "tie")])

    assert (nothing.overall.win_rate.value, nothing.overall.win_rate.reason) == (None, NO_VOTES)
    assert (nothing.interval, nothing.interval_reason) == (None, NO_VOTES)
    assert tie.overall.win_rate.value == 0.5
    assert (tie.interval, tie.interval_reason) == (None, ONE_RESUME)
    assert (tie.sign_p.value, tie.sign_p.reason) == (None, NONE_DECIDED)
    assert (tie.overall.left_share.value, tie.overall.left_share.reason) == (None, NONE_DECIDED)


def test_the_seed_decides_the_interval() -> None:
    votes = [vote(number, "model" if number % 3 else "opponent") for number in range(31)]

    assert count(votes, 1).interval == count(votes, 1).interval


@pytest.mark.parametrize(
    ("votes", "state"),
    [
        (PeopleVotes(40, 20, 10, 0.64, (0.52, 0.76)), "passed"),
        (PeopleVotes(36, 24, 10, 0.58, (0.47, 0.70)), "failed"),
        (PeopleVotes(36, 24, 10, 0.58, (0.50, 0.70)), "failed"),  # above one half means above
        (PeopleVotes(29, 0, 70, 0.65, (0.60, 0.70)), "undecided"),
        (PeopleVotes(40, 0, 0, 1.0, None), "undecided"),
    ],
)
def test_the_gate_of_people(votes: PeopleVotes, state: str) -> None:
    gate = people_gate(votes)

    assert gate.state == state
    if state == "failed":
        assert gate.reason.startswith("people: expected win rate interval of blind votes above 50%, found 58.0% [")

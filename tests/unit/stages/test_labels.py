"""Whose candidates a label compares, and about which query."""

import numpy as np
import torch

from harness.artifacts.label_table import LabelTable
from harness.labels.draws import draw_order
from harness.models.loading import load_language_model, load_tokenizer
from harness.models.policy import Policy
from harness.records import PAD
from harness.study.slices import Draw, LabelsSlice, OnlineLabelsSlice
from harness.tasks.text_tokens import single_token
from tests.unit.stages.stage_calls import STUDY, call_stage


def _label_slice(**online):
    kind = OnlineLabelsSlice if online else LabelsSlice
    return kind(task=STUDY.task, labels=STUDY.labels.model_copy(update={"budgets": (2,)}), start=10, stop=30,
                compute=STUDY.compute, **online)


def test_half_of_a_later_round_s_candidates_are_the_trained_policy_s(inputs, tmp_path):
    """A policy that knows one word only, the end token, is recognised by what it writes."""
    model, tokenizer = (load(inputs["start"] / "model") for load in (load_language_model, load_tokenizer))
    end = single_token(tokenizer, ".", key="")
    with torch.no_grad():
        model.transformer.ln_f.bias += 1e4 * model.transformer.wte.weight[end]
    Policy(model, temperature=STUDY.task.temperature).save_pretrained(tmp_path / "trained" / "model", tokenizer)
    offline = {"policy": inputs["start"], "queries": inputs["queries"]}
    call_stage(_label_slice(), offline, tmp_path / "offline")
    call_stage(_label_slice(batch="b"), {**offline, "trained_policy": tmp_path / "trained"}, tmp_path / "online")
    before, after = LabelTable.load(tmp_path / "offline"), LabelTable.load(tmp_path / "online")
    only_ends = [end] * 3 + [PAD] * 5
    assert (after.candidates[:, 2:] == only_ends).all()
    assert (after.candidates[:, :2] == only_ends).all(axis=2).mean() < 0.2
    assert (before.rows == after.rows).all(), "label i is about the same query, offline and online"
    assert (before.queries == after.queries).all()


def test_trained_and_reference_samples_differ_while_the_policies_are_one(inputs, tmp_path):
    """With one random stream for both, every label would be a choice between two pairs of twins."""
    same = {"policy": inputs["start"], "queries": inputs["queries"], "trained_policy": inputs["start"]}
    call_stage(_label_slice(batch="b"), same, tmp_path)
    candidates = LabelTable.load(tmp_path).candidates
    assert (candidates[:, :2] != candidates[:, 2:]).any(axis=2).mean() > 0.9


def test_a_label_depends_neither_on_its_piece_nor_on_who_draws_it(inputs, tmp_path):
    offline = {"policy": inputs["start"], "queries": inputs["queries"]}
    whole, part, drawn = (_label_slice().model_copy(update=changes) for changes in (
        {}, {"start": 15, "stop": 20}, {"start": 0, "stop": 40, "draw": Draw(seed=3, pool=40)}))
    for name, settings in (("whole", whole), ("part", part), ("drawn", drawn)):
        call_stage(settings, offline, tmp_path / name)
    first, inner, own = (LabelTable.load(tmp_path / name) for name in ("whole", "part", "drawn"))
    place = np.argsort(draw_order(3, 40))[10:30]
    for name in ("candidates", "best", "scores", "rows"):
        assert (getattr(inner, name) == getattr(first, name)[5:10]).all(), name
        assert (getattr(own, name)[place] == getattr(first, name)).all(), name

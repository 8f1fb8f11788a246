"""The anatomy of a scenario: arms, claims about them, what must break the claims, and the note.

`Scenario` is the file as written, checked and frozen; `Scenario.arms` are its arms with what they
inherit from the context filled in, ready to be run.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, fields
from functools import cached_property
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import Field, PrivateAttr, StringConstraints, model_validator

from metabosim.errors import Fault, InputError
from metabosim.protocol import ArmReference, Dose, GlucoseProfile, Hold, ProtocolStep
from metabosim.scenario.checks import Check
from metabosim.scenario.faults import as_validation_error
from metabosim.scenario.parts import (
    ArmName,
    Duration,
    LeverValues,
    Minutes,
    ParameterValues,
    Part,
    Share,
    Slug,
    Start,
    Step,
    SubjectName,
    Text,
    Variant,
    WholeNumber,
)
from metabosim.subjects import Subject, load_subject
from metabosim.therapies import Therapy

SCHEMA_VERSION = 1
DEFAULT_SUBJECT = "lean-healthy"


# --- what is run ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Arm:
    """One run: a subject, levers, a protocol. The fields are the arguments of `simulate`."""

    subject: Subject
    duration: float
    """min"""
    start: Start = "midnight"
    levers: dict[str, float] = field(default_factory=dict)
    lifelong: dict[str, float] = field(default_factory=dict)
    parameters: dict[str, float] = field(default_factory=dict)
    variants: tuple[str, ...] = ()
    protocol: tuple[ProtocolStep, ...] = ()

    def arguments(self) -> dict[str, Any]:
        """The arm as keyword arguments of `simulate`."""
        return {item.name: getattr(self, item.name) for item in fields(self)}

    def references(self) -> set[str]:
        """The arms that must be run before this one, because its protocol replays them."""
        names = {step.at.arm for step in self._holds() if isinstance(step.at, ArmReference)}
        return names | {
            step.arm for step in self.protocol if isinstance(step, GlucoseProfile) and step.arm
        }

    def therapies(self) -> list[Therapy]:
        """The therapies given, each once, in the order of the protocol."""
        doses = [step for step in self.protocol if isinstance(step, Dose)]
        return list({dose.therapy.id: dose.therapy for dose in doses}.values())

    def _holds(self) -> list[Hold]:
        return [step for step in self.protocol if isinstance(step, Hold)]


# --- what is written --------------------------------------------------------------------------


class ArmFields(Part):
    """What an arm may set; what it leaves out it inherits from the context."""

    subject: SubjectName | None = Field(None, description="A bundled subject, or a file of yours")
    levers: LeverValues = Field({}, description="Gains on mechanisms from the start of the arm")
    lifelong: LeverValues = Field({}, description="Gains on mechanisms as if from birth")
    parameters: ParameterValues = Field({}, description="Numbers of the body, in its own units")
    variants: tuple[Variant, ...] = Field((), description="Small named rewirings of the body")
    start: Start | None = Field(None, description="midnight, or a fasting morning without a clock")
    protocol: tuple[Step, ...] = Field((), description="What is done; after the context's steps")


class ArmChange(ArmFields):
    """An arm as written: how it differs from the context."""

    duration: Duration | None = Field(None, description="How long the arm runs")

    def onto(self, arm: Arm) -> Arm:
        """`arm` with what this sets replaced, and what this adds added."""
        return Arm(
            subject=self.subject or arm.subject,
            duration=self.duration or arm.duration,
            start=self.start or arm.start,
            levers={**arm.levers, **self.levers},
            lifelong={**arm.lifelong, **self.lifelong},
            parameters={**arm.parameters, **self.parameters},
            variants=tuple(dict.fromkeys((*arm.variants, *self.variants))),
            protocol=(*arm.protocol, *self.protocol),
        )


class Context(ArmFields):
    """What all arms share."""

    duration: Duration = Field(description="How long the arms run")

    def arm(self) -> Arm:
        """The context as an arm of its own."""
        return Arm(
            subject=self.subject or load_subject(DEFAULT_SUBJECT),
            duration=self.duration,
            start=self.start or "midnight",
            levers=self.levers,
            lifelong=self.lifelong,
            parameters=self.parameters,
            variants=self.variants,
            protocol=self.protocol,
        )


class KnockOut(ArmChange):
    """A change under which the claim must fail."""

    name: Slug = Field(description="What is knocked out")
    arms: Annotated[tuple[str, ...], Field(min_length=1)] | None = Field(
        None, description="The arms it is done to; all of them if left out"
    )
    replace: dict[str, ArmChange] = Field({}, description="Arms to put in the place of others")

    @model_validator(mode="after")
    def _changes_something(self) -> Self:
        if not any(getattr(self, name) for name in self.model_fields_set - {"name", "arms"}):
            raise ValueError("changes nothing; set levers, variants, protocol, replace or the like")
        return self


class Source(Part):
    """Where the claim comes from."""

    section: Text = Field(description="Section of the article")
    mechanism: Text = Field(description="The mechanism, in our own words")


class Evidence(Part):
    """How well human studies support the claim."""

    grade: Literal["S", "C", "X", "I"] = Field(
        description="S supported, C contested, X contradicted as worded, I inference only"
    )
    rows: tuple[Text, ...] = Field((), description="Rows of the evidence table")


class Citation(Part):
    """A publication, and how much of it was read."""

    authors: Text
    year: Annotated[int, Field(strict=True, ge=1850, le=2100)]
    title: Text | None = None
    journal: Text | None = None
    doi: Annotated[str, StringConstraints(pattern=r"^10\.\d{4,9}/\S+$")] | None = None
    pmid: Annotated[int, Field(strict=True, ge=1, lt=10**9)] | None = None
    read: Literal["abstract", "excerpt", "memory"] = Field(description="How much of it was read")


class InReality(Part):
    """What human studies say, for readers."""

    strength: Literal["supported", "contested", "contradicted", "inference"]
    text: Text
    citations: Annotated[tuple[Citation, ...], Field(min_length=1)]


class Population(Part):
    """The virtual population in which the claim must hold."""

    n: Annotated[int, Field(strict=True, ge=1, le=100_000)] = Field(description="Subjects drawn")
    seed: WholeNumber = Field(description="Seed of the draw; the same seed, the same people")
    required_pass_rate: Share = Field(description="Share in which the claim must hold")
    confidence: Share = Field(0.95, description="Of the one-sided bound on that share")
    domain: Text | None = Field(
        None, description="Where it is known to end: in whom it does not hold, and why"
    )


class Predict(Part):
    """The question a teacher asks before showing the curve."""

    question: Text
    choices: Annotated[tuple[Text, ...], Field(min_length=2)]
    answer: Text = Field(description="One of the choices")
    because: Text | None = Field(None, description="Why, in a sentence or two")

    @model_validator(mode="after")
    def _answer_is_a_choice(self) -> Self:
        if self.answer not in self.choices:
            fault = Fault("is none of the choices", field="answer", hint="copy one of them")
            raise as_validation_error(InputError(fault))
        return self


class Panel(Part):
    """One small plot: observables of all arms, or of those named, over the same time."""

    observables: Annotated[tuple[Text, ...], Field(min_length=1)]
    title: Text | None = None
    start: Minutes | None = Field(None, alias="from")
    stop: Minutes | None = Field(None, alias="to")
    time_unit: Literal["min", "h", "d", "weeks", "years"] | None = None
    checks: tuple[str, ...] = Field((), description="Ids of the checks drawn into it")
    arms: tuple[str, ...] = Field((), description="Only these arms; all of them unless given")
    kind: Literal["lines", "dose", "bars"] = "lines"


class Plot(Part):
    """What is drawn."""

    panels: Annotated[tuple[Panel, ...], Field(min_length=1, max_length=12)]
    caption: Text | None = None


class Scenario(Part):
    """One claim: its arms, its checks, and what must break it."""

    schema_version: Literal[1] = Field(alias="schema", description="Version of this format")
    id: Slug = Field(description="The name of the file, without .yaml")
    title: Text
    claim: Text = Field(description="The claim, one sentence in our own words")
    source: Source
    status: Literal["imposed", "contingent", "emergent", "fine-tuned"]
    evidence: Evidence
    context: Context
    arms_written: Annotated[dict[ArmName, ArmChange], Field(min_length=1)] = Field(alias="arms")
    control: str = Field(description="The arm that the others are compared with")
    checks: Annotated[tuple[Check, ...], Field(min_length=1)]
    positive_control: Check = Field(description="Shows that the perturbation did something")
    must_fail_when: Annotated[tuple[KnockOut, ...], Field(min_length=1)]
    population: Population | None = None
    in_reality: InReality
    predict: Predict
    plot: Plot

    _file: str = PrivateAttr("")
    _hash: str = PrivateAttr("")
    _own_files: tuple[Path, ...] = PrivateAttr(())

    @property
    def file(self) -> str:
        """The file it was read from."""
        return self._file

    @property
    def claim_hash(self) -> str:
        """SHA-256 of what decides its verdicts: arms, checks and knock-outs, not the words about them."""
        decides = (
            self.context,
            self.arms_written,
            self.control,
            self.checks,
            self.positive_control,
            self.must_fail_when,
        )
        return hashlib.sha256(repr(decides).encode()).hexdigest()

    @property
    def seed(self) -> int | None:
        """What its runs draw people with, if a check is a virtual trial; `population` is drawn by measuring alone."""
        trials = (getattr(check, "trial", None) for check in (*self.checks, self.positive_control))
        return next((trial.seed for trial in trials if trial is not None), None)

    @property
    def own_files(self) -> tuple[Path, ...]:
        """The subjects and therapies of one's own that it names, relative to its folder, sorted."""
        return self._own_files

    @property
    def hash(self) -> str:
        """SHA-256 of the content as parsed: comments and layout do not change it."""
        return self._hash

    @cached_property
    def arms(self) -> dict[str, Arm]:
        """The arms by name, with what they inherit from the context."""
        base = self.context.arm()
        return {name: change.onto(base) for name, change in self.arms_written.items()}

    def knocked_out(self, knock_out: KnockOut) -> dict[str, Arm]:
        """The arms with a knock-out done to them."""
        base = self.context.arm()
        arms = self.arms | {name: new.onto(base) for name, new in knock_out.replace.items()}
        chosen = knock_out.arms or tuple(arms)
        return {name: knock_out.onto(arm) if name in chosen else arm for name, arm in arms.items()}

    def run(self, **options: Any) -> Any:
        """Run the arms and judge the claim: a ScenarioResult."""
        # by name, because those who judge scenarios stand above them
        return import_module("metabosim.claims").evaluate(self, **options)

"""Tests of renamed resources."""

from __future__ import annotations

from typing import Any

from groundwork.diff.aliases import renamed
from groundwork.diff.change import Op
from groundwork.diff.compare import between
from groundwork.engines import embedded
from groundwork.graph import Graph
from tests.conftest import WriteProgram
from tests.groundwork.samples import graph, node

PROGRAM = """
import pulumi
import pulumi_random as random

provider = random.Provider("p")


class Box(pulumi.ComponentResource):
    def __init__(self, name, opts):
        super().__init__("sample:index:Box", name, None, opts)
        random.RandomPassword(f"{{name}}-password", length={length}, opts=pulumi.ResourceOptions(parent=self))
        random.RandomPassword("{child}", length=8, opts=pulumi.ResourceOptions(parent=self, aliases={earlier}))
        self.register_outputs({{}})


Box("{name}", pulumi.ResourceOptions(providers=[provider], aliases={aliases}))
"""


def _plan(write: WriteProgram, name: str, aliases: str = "[]", **rest: Any) -> Graph:
    parts = {"child": "other", "earlier": "[]", "length": 8, **rest}
    return embedded.plan(write(PROGRAM.format(name=name, aliases=aliases, **parts)), "dev")


def test_alias_of_a_component_renames_its_children(write_program: WriteProgram) -> None:
    """A child whose name starts with its parent's is found by the parent's alias, and may change at the same time."""
    before = _plan(write_program, "gpu-l4")
    after = _plan(write_program, "gpu-main.l4", "[pulumi.Alias(name='gpu-l4')]", length=9)

    changes = {change.node.name: change for change in between(before, after)}

    assert {name: change.op for name, change in changes.items() if change.op is not Op.SAME} == {
        "gpu-main.l4-password": Op.REPLACE
    }
    assert {
        name: change.renamed_from.rpartition("::")[2] for name, change in changes.items() if change.renamed_from
    } == {"gpu-main.l4": "gpu-l4", "gpu-main.l4-password": "gpu-l4-password"}


def test_alias_of_a_child_is_below_the_old_parent(write_program: WriteProgram) -> None:
    """A child may be renamed together with its parent."""
    before = _plan(write_program, "a", child="a-former")
    after = _plan(write_program, "b", "[pulumi.Alias(name='a')]", earlier="[pulumi.Alias(name='b-former')]")

    names = {new.rpartition("::")[2]: old.rpartition("::")[2] for new, old in renamed(before, after).items()}

    assert names == {"b": "a", "b-password": "a-password", "other": "a-former"}


def test_every_form_of_alias_is_a_urn(write_program: WriteProgram) -> None:
    """The parts that an alias leaves out are those of the resource."""
    plan = _plan(
        write_program,
        "b",
        "[pulumi.Alias(name='a', type_='sample:old:Box'), pulumi.Alias(project='elsewhere'), 'urn:pulumi:x::y::z::w']",
        earlier="[pulumi.Alias(parent=pulumi.ROOT_STACK_RESOURCE), pulumi.Alias(parent='urn:pulumi:x::y::t::p')]",
    )
    nodes = {node.name: node for node in plan}

    assert nodes["b"].aliases == (
        "urn:pulumi:dev::sample::sample:old:Box::a",
        "urn:pulumi:dev::elsewhere::sample:index:Box::b",
        "urn:pulumi:x::y::z::w",
    )
    kind = "random:index/randomPassword:RandomPassword"
    assert nodes["other"].aliases == (
        f"urn:pulumi:dev::sample::{kind}::other",
        f"urn:pulumi:dev::sample::t${kind}::other",
    )


def test_new_name_without_an_alias_is_another_resource(write_program: WriteProgram) -> None:
    """It is deleted and created."""
    changes = between(_plan(write_program, "a"), _plan(write_program, "b"))

    assert sorted(change.op for change in changes if change.op is not Op.SAME) == [*["create"] * 2, *["delete"] * 2]


def test_alias_of_a_declared_resource_has_no_effect() -> None:
    """An old URN is that of one resource only: the one that is still declared, or the first with the alias."""
    old = graph(node("a"), node("b"))

    assert renamed(old, graph(node("a"), node("b"), node("c", aliases=(node("a").urn,)))) == {}
    both = graph(node("a"), node("c", aliases=(node("b").urn,)), node("d", aliases=(node("b").urn,)))
    assert renamed(old, both) == {node("c").urn: node("b").urn}

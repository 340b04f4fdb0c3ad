"""Resources that moved to another URN and are still the same."""

from __future__ import annotations

from typing import Any

from groundwork.diff.aliases import renamed
from groundwork.diff.compare import Op, between
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


def test_a_renamed_component_takes_its_children_along(write_program: WriteProgram) -> None:
    """A child that is named after its parent is found by its parent's alias; it may change in the same step."""
    before = _plan(write_program, "gpu-l4")
    after = _plan(write_program, "gpu-main.l4", "[pulumi.Alias(name='gpu-l4')]", length=9)

    changes = {change.node.name: change for change in between(before, after)}

    assert {name: change.op for name, change in changes.items() if change.op is not Op.SAME} == {
        "gpu-main.l4-password": Op.REPLACE
    }
    assert {
        name: change.renamed_from.rpartition("::")[2] for name, change in changes.items() if change.renamed_from
    } == {"gpu-main.l4": "gpu-l4", "gpu-main.l4-password": "gpu-l4-password"}


def test_a_child_may_be_renamed_too(write_program: WriteProgram) -> None:
    """An alias of a child counts under its parent's old URN as well."""
    before = _plan(write_program, "a", child="a-former")
    after = _plan(write_program, "b", "[pulumi.Alias(name='a')]", earlier="[pulumi.Alias(name='b-former')]")

    names = {new.rpartition("::")[2]: old.rpartition("::")[2] for new, old in renamed(before, after).items()}

    assert names == {"b": "a", "b-password": "a-password", "other": "a-former"}


def test_every_form_of_alias_becomes_a_urn(write_program: WriteProgram) -> None:
    """What an alias does not say is as it is now."""
    plan = _plan(
        write_program,
        "b",
        "[pulumi.Alias(name='a', type_='sample:old:Box'), pulumi.Alias(project='elsewhere'), 'urn:pulumi:x::y::z::w']",
        earlier="[pulumi.Alias(parent=pulumi.ROOT_STACK_RESOURCE), pulumi.Alias(parent='urn:pulumi:x::y::t::p')]",
    )
    nodes = {found.name: found for found in plan}

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


def test_without_an_alias_it_is_another_resource(write_program: WriteProgram) -> None:
    """A new name alone deletes and creates."""
    changes = between(_plan(write_program, "a"), _plan(write_program, "b"))

    assert sorted(change.op for change in changes if change.op is not Op.SAME) == [*["create"] * 2, *["delete"] * 2]


def test_what_is_still_there_is_nobodys_earlier_self() -> None:
    """An alias to a resource that goes on under its own name means nothing; nor can two have been one."""
    old = graph(node("a"), node("b"))

    assert renamed(old, graph(node("a"), node("b"), node("c", aliases=(node("a").urn,)))) == {}
    both = graph(node("a"), node("c", aliases=(node("b").urn,)), node("d", aliases=(node("b").urn,)))
    assert renamed(old, both) == {node("c").urn: node("b").urn}

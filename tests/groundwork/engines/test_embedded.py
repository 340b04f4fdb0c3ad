"""The embedded engine, on programs small enough to see through."""

from __future__ import annotations

import pytest

from groundwork.engines import embedded
from groundwork.errors import ProgramError
from groundwork.graph import Placeholder
from tests.conftest import WriteProgram


def test_urns_carry_the_whole_chain_of_component_types(write_program: WriteProgram) -> None:
    """A URN names every component above a resource, and never the stack."""
    project = write_program("""
        import pulumi
        outer = pulumi.ComponentResource("a:b:Outer", "outer")
        inner = pulumi.ComponentResource("a:b:Inner", "inner", opts=pulumi.ResourceOptions(parent=outer))
        pulumi.ComponentResource("a:b:Leaf", "leaf", opts=pulumi.ResourceOptions(parent=inner))
    """)

    graph = embedded.plan(project, "dev")

    assert list(graph.nodes) == [
        "urn:pulumi:dev::sample::a:b:Outer$a:b:Inner$a:b:Leaf::leaf",
        "urn:pulumi:dev::sample::a:b:Outer$a:b:Inner::inner",
        "urn:pulumi:dev::sample::a:b:Outer::outer",
        "urn:pulumi:dev::sample::pulumi:pulumi:Stack::sample-dev",
    ]


def test_secrets_never_leave_the_program(write_program: WriteProgram) -> None:
    """A secret is masked wherever it stands: wrapped by hand, inside a map, or in a property that is always secret."""
    project = write_program("""
        import pulumi
        import pulumi_kubernetes as k8s
        provider = k8s.Provider("p", kubeconfig=pulumi.Output.secret("hunter2"))
        opts = pulumi.ResourceOptions(provider=provider)
        k8s.core.v1.Secret("s", string_data={"password": "hunter2"}, opts=opts)
        k8s.core.v1.ConfigMap("c", data={"half": pulumi.Output.secret("hunter2"), "open": "yes"}, opts=opts)
    """)

    graph = embedded.plan(project, "dev")
    inputs = {node.name: node.inputs for node in graph}

    assert Placeholder.SECRET is inputs["p"]["kubeconfig"]
    assert Placeholder.SECRET is inputs["s"]["stringData"]
    assert Placeholder.SECRET is inputs["c"]["data"] or Placeholder.SECRET is inputs["c"]["data"]["half"]
    assert "hunter2" not in str(graph.to_json())


def test_what_only_a_cloud_can_give_is_unknown(write_program: WriteProgram) -> None:
    """An output that the program did not set is unknown; one that it set is known."""
    project = write_program("""
        import pulumi
        import pulumi_gcp as gcp
        account = gcp.serviceaccount.Account("a", account_id="nodes-of-a")
        gcp.storage.BucketIAMMember("m", bucket=account.account_id, role="r", member=account.unique_id)
    """)

    member = next(node for node in embedded.plan(project, "dev") if node.name == "m")

    assert (member.inputs["bucket"], member.inputs["member"]) == ("nodes-of-a", Placeholder.UNKNOWN)
    assert member.dependencies == member.property_dependencies["member"]


def test_configuration_arrives_as_the_engine_hands_it_over(write_program: WriteProgram) -> None:
    """Values are text, sections are objects, and a key without a namespace belongs to the project."""
    project = write_program("""
        import pulumi
        assert pulumi.Config("other").get_int("number") == 3
        assert pulumi.Config("other").get_bool("flag") is True
        assert pulumi.Config("sample").get_object("section") == {"list": [1, "2"]}
        assert pulumi.Config().get("plain") == "text"
    """)
    (project.root / "Pulumi.dev.yaml").write_text(
        'config:\n  other:number: 3\n  other:flag: true\n  sample:section: {list: [1, "2"]}\n  plain: text\n',
        encoding="utf-8",
    )

    assert len(embedded.plan(project, "dev")) == 1


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("raise ValueError('no such thing')", "__main__.py:1: the program failed: ValueError: no such thing"),
        ("import pulumi\nraise pulumi.RunError('said plainly')", "said plainly"),
        ("import nonexistent", "__main__.py:1: the program failed: ModuleNotFoundError"),
        ("x = (", "SyntaxError"),
        ("import sys\nsys.exit(3)", "__main__.py:2: the program failed: SystemExit: 3"),
        ("import os\nprint('last words', flush=True)\nos._exit(1)", "ended the process that ran it: last words"),
        (
            "import pulumi\npulumi.Output.from_input(1).apply(lambda _: 1 / 0)",
            "__main__.py:2: the program failed: ZeroDivisionError",
        ),
        (
            "import pulumi\nfor _ in range(2): pulumi.ComponentResource('a:b:C', 'twice')",
            "urn:pulumi:dev::sample::a:b:C::twice: two resources have this URN",
        ),
        ("import pulumi_gcp as gcp\ngcp.compute.get_network(name='n')", "asks the cloud while it plans"),
        ("import pulumi_gcp as gcp\ngcp.compute.Network.get('n', 'id')", "reads this resource from the cloud"),
    ],
)
def test_a_failing_program_is_one_message(write_program: WriteProgram, source: str, message: str) -> None:
    """Whatever a program does, the tool says what and where, in one error."""
    with pytest.raises(ProgramError) as caught:
        embedded.plan(write_program(source), "dev")

    assert message in caught.value.message
    assert "Traceback" not in caught.value.message


def test_default_providers_can_be_forbidden(write_program: WriteProgram) -> None:
    """With default providers disabled, a resource that names none is an error, as in the real engine."""
    project = write_program("import pulumi_gcp as gcp\ngcp.compute.Network('n')")
    (project.root / "Pulumi.dev.yaml").write_text(
        'config:\n  pulumi:disable-default-providers: ["*"]\n', encoding="utf-8"
    )

    with pytest.raises(ProgramError, match=r"::n: names no provider"):
        embedded.plan(project, "dev")


def test_what_the_program_prints_is_not_the_report(
    write_program: WriteProgram, capfd: pytest.CaptureFixture[str]
) -> None:
    """Output of the program goes to standard error: standard output may be JSON."""
    embedded.plan(write_program("print('hello')"), "dev")

    captured = capfd.readouterr()

    assert (captured.out, captured.err) == ("", "hello\n")

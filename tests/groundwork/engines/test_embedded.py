"""Tests of the embedded engine, on small programs."""

from __future__ import annotations

import pytest

from groundwork.engines import embedded
from groundwork.errors import ProgramError
from groundwork.graph import Placeholder
from tests.conftest import WriteProgram


def test_urn_has_the_types_of_all_parents(write_program: WriteProgram) -> None:
    """Component types are in the URN, the stack is not."""
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


def test_secrets_are_masked(write_program: WriteProgram) -> None:
    """A secret is masked as an output, inside a map, and in a property that is always secret."""
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


def test_outputs_of_the_cloud_are_unknown(write_program: WriteProgram) -> None:
    """An output that is also an input is known."""
    project = write_program("""
        import pulumi
        import pulumi_gcp as gcp
        account = gcp.serviceaccount.Account("a", account_id="nodes-of-a")
        gcp.storage.BucketIAMMember("m", bucket=account.account_id, role="r", member=account.unique_id)
    """)

    member = next(node for node in embedded.plan(project, "dev") if node.name == "m")

    assert (member.inputs["bucket"], member.inputs["member"]) == ("nodes-of-a", Placeholder.UNKNOWN)
    assert member.dependencies == member.property_dependencies["member"]


def test_configuration_has_the_form_of_the_engine(write_program: WriteProgram) -> None:
    """Values are text, sections are objects, and a key without a namespace is the project's."""
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
        ("import pulumi\nraise pulumi.RunError('plain message')", "plain message"),
        ("import nonexistent", "__main__.py:1: the program failed: ModuleNotFoundError"),
        ("x = (", "SyntaxError"),
        ("import sys\nsys.exit(3)", "__main__.py:2: the program failed: SystemExit: 3"),
        ("import os\nprint('last line', flush=True)\nos._exit(1)", "ended its process: last line"),
        (
            "import pulumi\npulumi.Output.from_input(1).apply(lambda _: 1 / 0)",
            "__main__.py:2: the program failed: ZeroDivisionError",
        ),
        (
            "import pulumi\nfor _ in range(2): pulumi.ComponentResource('a:b:C', 'twice')",
            "urn:pulumi:dev::sample::a:b:C::twice: two resources have this URN",
        ),
        (
            "import pulumi_gcp as gcp\ngcp.compute.get_network(name='n')",
            "getNetwork, which needs the cloud",
        ),
        ("import pulumi_gcp as gcp\ngcp.compute.Network.get('n', 'id')", "reads this resource from the cloud"),
    ],
)
def test_failing_program_is_one_message(write_program: WriteProgram, source: str, message: str) -> None:
    """The error has the exception and the line of the project, without a traceback."""
    with pytest.raises(ProgramError) as caught:
        embedded.plan(write_program(source), "dev")

    assert message in caught.value.message
    assert "Traceback" not in caught.value.message


def test_disabled_default_providers_are_an_error(write_program: WriteProgram) -> None:
    """As in the Pulumi engine, a resource without an explicit provider is refused."""
    project = write_program("import pulumi_gcp as gcp\ngcp.compute.Network('n')")
    (project.root / "Pulumi.dev.yaml").write_text(
        'config:\n  pulumi:disable-default-providers: ["*"]\n', encoding="utf-8"
    )

    with pytest.raises(ProgramError, match=r"::n: has no explicit provider"):
        embedded.plan(project, "dev")


def test_output_of_the_program_goes_to_standard_error(
    write_program: WriteProgram, capfd: pytest.CaptureFixture[str]
) -> None:
    """Standard output may be JSON."""
    embedded.plan(write_program("print('hello')"), "dev")

    captured = capfd.readouterr()

    assert (captured.out, captured.err) == ("", "hello\n")

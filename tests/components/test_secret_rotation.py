"""Tests of `components.secret_rotation`."""

from __future__ import annotations

from components.secret_rotation import SecretRotation, SecretRotationArgs
from groundwork.graph import Graph
from tests.components.declare import declare, declared, depends_on, inputs, read

WEEK_SECONDS = 7 * 24 * 60 * 60
ROTATION = SecretRotationArgs("ml-service", "123456789012", "europe-west4", {"environment": "test"})


def _graph() -> Graph:
    return declare(lambda: read(SecretRotation("rotation", ROTATION).topic))


def test_secret_rotation_declares_topic_subscription_agent_and_publisher() -> None:
    """The service agent of Secret Manager is created before it is granted a role."""
    assert declared(_graph()) == {
        "rotation-agent": "gcp:projects/serviceIdentity:ServiceIdentity",
        "rotation-topic": "gcp:pubsub/topic:Topic",
        "rotation-subscription": "gcp:pubsub/subscription:Subscription",
        "rotation-publisher": "gcp:pubsub/topicIAMMember:TopicIAMMember",
        "reader": "test:index:Reader",
    }


def test_secret_rotation_topic_stores_messages_in_its_region_only() -> None:
    """Pub/Sub stores messages in any region unless the topic restricts it."""
    assert inputs(_graph(), "rotation-topic") == {
        "name": "secret-rotation",
        "project": "ml-service",
        "messageStoragePolicy": {"allowedPersistenceRegions": ["europe-west4"]},
        "labels": {"environment": "test"},
    }


def test_secret_rotation_subscription_stores_messages_for_a_week_and_never_expires() -> None:
    """An empty TTL prevents that a subscription without pulls is deleted after a month."""
    graph = _graph()

    assert inputs(graph, "rotation-subscription") == {
        "name": "secret-rotation",
        "project": "ml-service",
        "topic": "secret-rotation",
        "messageRetentionDuration": f"{WEEK_SECONDS}s",
        "expirationPolicy": {"ttl": ""},
        "labels": {"environment": "test"},
    }
    assert depends_on(graph, "rotation-subscription") == {"rotation-topic"}


def test_secret_manager_may_publish_to_the_topic() -> None:
    """The grant waits for the agent."""
    graph = _graph()

    assert inputs(graph, "rotation-agent") == {"project": "ml-service", "service": "secretmanager.googleapis.com"}
    assert inputs(graph, "rotation-publisher") == {
        "project": "ml-service",
        "topic": "secret-rotation",
        "role": "roles/pubsub.publisher",
        "member": "serviceAccount:service-123456789012@gcp-sa-secretmanager.iam.gserviceaccount.com",
    }
    assert depends_on(graph, "rotation-publisher") == {"rotation-topic", "rotation-agent"}


def test_secret_rotation_topic_name_is_known_and_waits_for_the_publisher() -> None:
    """Secret Manager rejects a topic that it cannot publish to."""
    graph = _graph()

    assert inputs(graph, "reader") == {"value": "projects/ml-service/topics/secret-rotation"}
    assert depends_on(graph, "reader") == {"rotation-topic", "rotation-publisher"}

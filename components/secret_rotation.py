"""The topic of reminders to rotate secrets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import pulumi
import pulumi_gcp as gcp

from components._common import Component, Labels, known_name

TOPIC: Final = "secret-rotation"
WEEK: Final = 604_800  # seconds


@dataclass(frozen=True)
class SecretRotationArgs:
    """The project by id and number, and the region that stores messages."""

    project: str
    project_number: str
    region: str
    labels: Labels


class SecretRotation(Component):
    """A topic that Secret Manager publishes to, and a pull subscription that stores messages for a week."""

    topic: pulumi.Output[str]

    def __init__(self, name: str, args: SecretRotationArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Declare the topic, its subscription and its publisher; resources that use `topic` depend on the grant."""
        super().__init__(name, opts)
        agent = gcp.projects.ServiceIdentity(
            f"{name}-agent", project=args.project, service="secretmanager.googleapis.com", opts=self.child()
        )
        topic = gcp.pubsub.Topic(
            f"{name}-topic",
            name=TOPIC,
            project=args.project,
            message_storage_policy=gcp.pubsub.TopicMessageStoragePolicyArgs(allowed_persistence_regions=[args.region]),
            labels=dict(args.labels),
            opts=self.child(),
        )
        gcp.pubsub.Subscription(
            f"{name}-subscription",
            name=TOPIC,
            project=args.project,
            topic=topic.name,
            message_retention_duration=f"{WEEK}s",
            # A subscription without an empty TTL is deleted after a month without pulls.
            expiration_policy=gcp.pubsub.SubscriptionExpirationPolicyArgs(ttl=""),
            labels=dict(args.labels),
            opts=self.child(),
        )
        publisher = gcp.pubsub.TopicIAMMember(
            f"{name}-publisher",
            project=args.project,
            topic=topic.name,
            role="roles/pubsub.publisher",
            member=f"serviceAccount:service-{args.project_number}@gcp-sa-secretmanager.iam.gserviceaccount.com",
            opts=self.child(depends_on=[agent]),
        )
        self.topic = known_name(f"projects/{args.project}/topics/{TOPIC}", topic, publisher)
        self.register_outputs({})

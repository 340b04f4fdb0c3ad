import time

from tests.controllers.conftest import RunningOf


def test_try(running_of: RunningOf) -> None:
    r = running_of("dev/main")
    job = {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": {"name": "one", "namespace": "vision"},
        "spec": {
            "suspend": True,
            "template": {
                "spec": {
                    "serviceAccountName": "workload",
                    "restartPolicy": "Never",
                    "securityContext": {
                        "runAsNonRoot": True,
                        "runAsUser": 1000,
                        "seccompProfile": {"type": "RuntimeDefault"},
                    },
                    "containers": [
                        {
                            "name": "main",
                            "image": "x:1",
                            "securityContext": {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}},
                            "resources": {
                                "requests": {"cpu": "1", "memory": "1Gi"},
                                "limits": {"cpu": "1", "memory": "1Gi", "nvidia.com/gpu": "1"},
                            },
                        }
                    ],
                }
            },
        },
    }
    a = r.client.create(job)
    print(a.status, a.message)
    time.sleep(15)
    for p in ("/apis/kueue.x-k8s.io/v1beta2/namespaces/vision/workloads", "/api/v1/namespaces/vision/pods"):
        for i in r.client.request("GET", p).body["items"]:
            print(i["metadata"]["name"], i.get("status", {}), i["spec"].get("nodeName"), i["spec"].get("nodeSelector"))
    assert 0

"""The charts of the platform's dashboard: one question each, as PromQL over what GKE and its GPUs report."""

from typing import Final

CHARTS: Final = {
    "GPUs in use, by type": "sum by (modelName) (DCGM_FI_DEV_GPU_UTIL > bool 5)",
    "GPU utilisation, percent, by namespace": "avg by (exported_namespace) (DCGM_FI_DEV_GPU_UTIL)",
    "GPU memory in use, GiB, by namespace": "sum by (exported_namespace) (DCGM_FI_DEV_FB_USED) / 1024",
    "Workloads that wait, by queue": "sum by (cluster_queue, status) (kueue_pending_workloads)",
    "Workloads admitted an hour, by queue": "sum by (cluster_queue) (increase(kueue_admitted_workloads_total[1h]))",
    "Nodes that are ready": 'sum(kube_node_status_condition{condition="Ready",status="true"})',
    "Failed requests to the API server, share": (
        'sum(rate(apiserver_request_total{code=~"5.."}[5m])) / sum(rate(apiserver_request_total[5m]))'
    ),
    "Restarts of containers an hour, by namespace": (
        "sum by (namespace) (increase(kube_pod_container_status_restarts_total[1h]))"
    ),
}

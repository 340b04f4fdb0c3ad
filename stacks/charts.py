"""Charts of the platform's dashboard: title and PromQL query over metrics of GKE, its GPUs and Kueue."""

from typing import Final

CHARTS: Final = {
    "GPUs in use by type": "sum by (modelName) (DCGM_FI_DEV_GPU_UTIL > bool 5)",
    "GPU utilization by namespace (%)": "avg by (exported_namespace) (DCGM_FI_DEV_GPU_UTIL)",
    "GPU memory used by namespace (GiB)": "sum by (exported_namespace) (DCGM_FI_DEV_FB_USED) / 1024",
    "Pending workloads by queue": "sum by (cluster_queue, status) (kueue_pending_workloads)",
    "Workloads admitted per hour by queue": "sum by (cluster_queue) (increase(kueue_admitted_workloads_total[1h]))",
    "Ready nodes": 'sum(kube_node_status_condition{condition="Ready",status="true"})',
    "API server error ratio": (
        'sum(rate(apiserver_request_total{code=~"5.."}[5m])) / sum(rate(apiserver_request_total[5m]))'
    ),
    "Container restarts per hour by namespace": (
        "sum by (namespace) (increase(kube_pod_container_status_restarts_total[1h]))"
    ),
}

// Modules that have the Helm charts and kustomize folders of stacks/versions.yaml and whose programs are not built. Only
// their sources are downloaded; `go mod download` verifies them with go.sum.
module groundwork.test/charts

go 1.26.0

require (
	github.com/argoproj/argo-workflows/v4 v4.0.5
	github.com/cert-manager/cert-manager v1.21.2
	github.com/kserve/kserve v0.20.0
	github.com/kubeflow/spark-operator/v2 v2.5.2
	istio.io/istio v0.0.0-20260827124520-eed52ebb66ad
)

"""The client of one Kubernetes API server: of the operator's own, and of each cluster that is an account.

It knows no kinds: `connection` sends requests, `faults` says what refusals mean, `kubeconfigs` reads credentials, and
`requests` counts.
"""

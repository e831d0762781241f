"""The client of a Kubernetes API server: the operator's own, and of each cluster that is an account.

The client knows no kinds: `connection` sends requests, `faults` maps refusals to errors, `kubeconfigs` reads
credentials, and `requests` counts.
"""

"""The cluster of the current kubeconfig context, or of the Pod that this runs in."""

from collections.abc import Mapping
from pathlib import Path

from tagwarden.errors import BadInput, CredentialsInvalid
from tagwarden.model.account import CloudAccount
from tagwarden.providers.api_server.kubeconfigs import own_kubeconfig, parse_kubeconfig
from tagwarden.providers.base import Access, AmbientAccount
from tagwarden.providers.kubernetes.provider import KubernetesProvider

POD_NAME = "this-cluster"
SET_KUBECONFIG = "set KUBECONFIG, or write --kubeconfig FILE"

_USUAL = Path("~/.kube/config")
_BLOCK = """\
# The cluster of the kubeconfig. For the operator: its own cluster, or the one of kubeconfigSecret: {name: NAME}.
kubernetes: {}
"""


def ambient_account(access: Access, environ: Mapping[str, str]) -> AmbientAccount:
    """Identify the cluster by a request; the name comes from the context of the kubeconfig."""
    file = access.kubeconfig
    if file is None and "KUBERNETES_SERVICE_HOST" not in environ:
        file = _USUAL if _USUAL.expanduser().is_file() else None
        if file is None:
            raise CredentialsInvalid(f"no kubeconfig found; {SET_KUBECONFIG}")
    try:
        text = own_kubeconfig(file)
    except BadInput as error:
        raise CredentialsInvalid(f"{error}; {SET_KUBECONFIG}") from error
    context = _context_of(text)
    name = context.rpartition("/")[2] or POD_NAME  # the context of an EKS cluster is its ARN
    account = CloudAccount.model_validate({"name": POD_NAME, "spec": {"provider": "Kubernetes", "kubernetes": {}}})
    identity = KubernetesProvider(account, text, is_trusted=True).identify()
    caller = f", as {identity.caller}" if identity.caller else ""
    named = environ.get("KUBECONFIG", "")
    return AmbientAccount(
        name=name,
        description=f"cluster {context or 'of this Pod'} at {identity.server}{caller}",
        block=_BLOCK,
        arguments=() if file is None or str(file) == named else ("--kubeconfig", str(file)),
    )


def _context_of(kubeconfig: str | None) -> str:
    if kubeconfig is None:
        return ""
    context = parse_kubeconfig(kubeconfig, is_trusted=True).get("current-context")
    if not context:
        raise CredentialsInvalid("the kubeconfig has no current context; run kubectl config use-context NAME")
    return str(context)

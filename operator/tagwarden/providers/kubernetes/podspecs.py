"""Resources used by the Pods that an object describes: volumes, configuration, secrets, an identity, images.

Written as code instead of catalogue paths for speed, since it runs for every Pod of a cluster.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from tagwarden.providers.kubernetes.cloud_links import of_image
from tagwarden.providers.kubernetes.row import ForeignEnd

NamedObject = tuple[str, str]
"""A kind and a name within the namespace of the Pods."""


def uses_of(spec: Mapping[str, Any]) -> Iterator[NamedObject]:
    """Give the objects named by this Pod specification, some more than once."""
    # The field `serviceAccount` is the older name of the same field; the default is `default`.
    yield ("k8s_serviceaccount", str(spec.get("serviceAccountName") or spec.get("serviceAccount") or "default"))
    for secret in spec.get("imagePullSecrets") or ():
        yield ("k8s_secret", str(secret.get("name") or ""))
    for volume in spec.get("volumes") or ():
        yield from _volume(volume)
        for source in (volume.get("projected") or {}).get("sources") or ():
            yield from _source(source)
    for container in containers_of(spec):
        for source in container.get("envFrom") or ():
            yield from _reference(source, "configMapRef", "secretRef")
        for variable in container.get("env") or ():
            yield from _reference(variable.get("valueFrom") or {}, "configMapKeyRef", "secretKeyRef")


def images_of(spec: Mapping[str, Any]) -> Iterator[ForeignEnd]:
    """Give the repositories of other providers that contain the containers' images."""
    for container in containers_of(spec):
        yield from of_image(str(container.get("image") or ""))


def pulled_images_of(status: Mapping[str, Any]) -> Iterator[ForeignEnd]:
    """Give the actual source repositories of a Pod's images, which a mirror may have changed.

    Image ids are `repository@sha256:…`, on older nodes with a scheme as prefix.
    """
    for field in ("containerStatuses", "initContainerStatuses", "ephemeralContainerStatuses"):
        for container in status.get(field) or ():
            yield from of_image(str(container.get("imageID") or "").rpartition("://")[2])


def containers_of(spec: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Give every container of a Pod specification, including init and ephemeral containers."""
    for field in ("containers", "initContainers", "ephemeralContainers"):
        yield from spec.get(field) or ()


def _volume(volume: Mapping[str, Any]) -> Iterator[NamedObject]:
    if claim := volume.get("persistentVolumeClaim"):
        yield ("k8s_persistentvolumeclaim", str(claim.get("claimName") or ""))
    elif configuration := volume.get("configMap"):
        yield ("k8s_configmap", str(configuration.get("name") or ""))
    for driver in volume.values():
        # CSI, CephFS, iSCSI, Azure Files and other drivers name the Secret with their credentials.
        if isinstance(driver, dict):
            yield ("k8s_secret", str(driver.get("secretName") or ""))
            for field in ("secretRef", "nodePublishSecretRef"):
                yield ("k8s_secret", str((driver.get(field) or {}).get("name") or ""))


def _source(source: Mapping[str, Any]) -> Iterator[NamedObject]:
    yield from _reference(source, "configMap", "secret")


def _reference(holder: Mapping[str, Any], configuration_field: str, secret_field: str) -> Iterator[NamedObject]:
    if configuration := holder.get(configuration_field):
        yield ("k8s_configmap", str(configuration.get("name") or ""))
    if secret := holder.get(secret_field):
        yield ("k8s_secret", str(secret.get("name") or ""))

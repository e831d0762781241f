"""Names of other objects are found wherever a custom resource has them (S18)."""

from typing import Any

import pytest

from tagwarden.providers.kubernetes.mentions import Names

SECRET, SERVICE, CONFIG_MAP = "k8s_secret", "k8s_service", "k8s_configmap"
NAMES = Names(
    [
        (SECRET, "shop", "access"),
        (SECRET, "other", "access"),
        (CONFIG_MAP, "shop", "settings"),
        (SERVICE, "shop", "web"),
        ("k8s_serviceaccount", "shop", "default"),
        ("k8s_role", "shop", "reader"),
    ]
)


def mentioned(spec: Any, namespace: str = "shop") -> set[tuple[str, str]]:
    return set(NAMES.mentioned_in({"metadata": {"name": "access"}, "spec": spec}, namespace))


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        ({"secretName": "access"}, {(SECRET, "shop/access")}),
        ({"a": [{"b": {"c": "settings"}}]}, {(CONFIG_MAP, "shop/settings")}),
        ({"ref": {"name": "access", "namespace": "other"}}, {(SECRET, "shop/access"), (SECRET, "other/access")}),
        ({"credential": "other/access"}, {(SECRET, "other/access")}),
        ({"url": "http://web.shop.svc.cluster.local:8080/path"}, {(SERVICE, "shop/web")}),
        ({"host": "web.shop.svc"}, {(SERVICE, "shop/web")}),
        ({"host": "web.shop.example.com"}, set()),
        ({"text": "the access of web"}, set()),
        ({"serviceAccount": "default", "role": "reader"}, set()),
        ({"number": 3, "flag": True, "nothing": None}, set()),
    ],
)
def test_what_a_custom_resource_names(spec: Any, expected: set[tuple[str, str]]) -> None:
    """A whole text is a name, alone or with its namespace; what every namespace has by itself is nobody's."""
    assert expected == mentioned(spec)


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        ({"privateKeySecretRef": {"name": "access"}}, {(SECRET, "shop/access"), (SECRET, "other/access")}),
        ({"secretRef": {"name": "access", "namespace": "shop"}}, {(SECRET, "shop/access")}),
        ({"name": "access"}, set()),
        ({"service": {"namespace": "shop", "name": "web"}}, {(SERVICE, "shop/web")}),
    ],
)
def test_what_an_object_of_the_cluster_names(spec: Any, expected: set[tuple[str, str]]) -> None:
    """Without a namespace beside it, the field has to tell the kind: its operator looks in a namespace of its own."""
    assert expected == mentioned(spec, namespace="")

"""Adds to moto what the catalogue asks for and it does not have."""

import json
from typing import Any

from moto.apigatewayv2.responses import ApiGatewayV2Response
from moto.core.responses import EmptyResult
from moto.elasticache.exceptions import CacheSubnetGroupNotFound
from moto.elasticache.responses import ElastiCacheResponse
from moto.moto_api import state_manager


def add_operations() -> None:
    """Change moto's classes in this process."""
    # By name, for types know no such method.
    setattr(ElastiCacheResponse, "delete_cache_subnet_group", _delete_cache_subnet_group)  # noqa: B010
    setattr(ApiGatewayV2Response, "get_authorizers", _get_authorizers)  # noqa: B010
    # A task runs until it is stopped, however often it is looked at.
    state_manager.set_transition("ecs::task", {"progression": "manual", "times": 1_000_000})


def _delete_cache_subnet_group(response: Any) -> EmptyResult:
    name = response._get_param("CacheSubnetGroupName")
    if response.elasticache_backend.cache_subnet_groups.pop(name, None) is None:
        raise CacheSubnetGroupNotFound(name)
    return EmptyResult()


def _get_authorizers(response: Any) -> str:
    api = response.apigatewayv2_backend.get_api(response.path.split("/")[-2])
    return json.dumps({"items": [authorizer.to_json() for authorizer in api.authorizers.values()]})

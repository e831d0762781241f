"""Lists are read to their end, or say that they were not."""

from typing import Any

import pytest

from tagwarden.model.account import NamespaceSelector
from tagwarden.model.reasons import Reason
from tagwarden.providers.kubernetes.listing import Listed, Lister
from tagwarden.providers.kubernetes.protected_objects import Protections
from tagwarden.providers.kubernetes.scope import NamespaceScope
from tests.unit.providers.kubernetes.objects import (
    CONFIG_MAPS,
    NAMESPACES,
    SERVICES,
    Answer,
    ApiServer,
    item_of,
    status,
)

LIST = "/api/v1/configmaps"
EXPIRED = status(410, "Expired", "The provided continue parameter is too old")


def page(*names: str, token: str = "", namespace: str = "shop") -> dict[str, Any]:
    return {"metadata": {"continue": token}, "items": [item_of(name, namespace) for name in names]}


def lister(server: ApiServer, *include: str, exclude: tuple[str, ...] = ()) -> Lister:
    scope = NamespaceScope.of(NamespaceSelector(include=include, exclude=exclude))
    return Lister(server.connection(), scope, Protections(), page_size=2)


def names(listed: Listed) -> list[str]:
    return [seen.name for seen in listed.objects]


def test_pages_follow_one_another(api_server: ApiServer) -> None:
    """Each page is asked for with the token of the one before."""
    api_server.give(LIST, page("a", "b", token="t1"), page("c", "d", token="t2"), page("e"))

    listed = lister(api_server).list_kind(CONFIG_MAPS)

    assert ["a", "b", "c", "d", "e"] == names(listed)
    assert [None, "t1", "t2"] == [request.query.get("continue") for request in api_server.requests]
    assert {"2"} == {request.query["limit"] for request in api_server.requests}


def test_an_expired_list_is_begun_again_once(api_server: ApiServer) -> None:
    """What was read before the list expired is dropped, so that nothing is listed twice."""
    api_server.give(LIST, page("a", "b", token="t1"), EXPIRED, page("a", "c", token="t2"), page("d"))

    listed = lister(api_server).list_kind(CONFIG_MAPS)

    assert ["a", "c", "d"] == names(listed)
    assert [] == listed.failures


def test_a_list_that_expires_again_is_incomplete(api_server: ApiServer) -> None:
    """A list that cannot be read to its end is a failure, and no half of it is given (S3)."""
    api_server.give(LIST, page("a", token="t1"), EXPIRED, page("a", token="t2"), EXPIRED)

    listed = lister(api_server).list_kind(CONFIG_MAPS)

    assert [] == listed.objects
    assert [("k8s_configmap", Reason.ServerFault)] == [(each.kind, each.reason) for each in listed.failures]


def test_a_token_that_comes_again_ends_the_list(api_server: ApiServer) -> None:
    """A server that gives the same page for ever is stopped, and the kind is incomplete (S3)."""
    api_server.give(LIST, page("a", token="t1"), page("b", token="t1"))

    listed = lister(api_server).list_kind(CONFIG_MAPS)

    assert "repeatedly" in listed.failures[0].message


def test_a_denied_list_is_named(api_server: ApiServer) -> None:
    """The kind is incomplete, and the message says what is not allowed (S3, S12)."""
    api_server.give(LIST, status(403, "Forbidden", "configmaps is forbidden"))

    listed = lister(api_server).list_kind(CONFIG_MAPS)

    assert [("k8s_configmap", Reason.AccessDenied)] == [(each.kind, each.reason) for each in listed.failures]
    assert "list configmaps: configmaps is forbidden" in listed.failures[0].message


def test_metadata_alone_is_asked_for_where_it_is_enough(api_server: ApiServer) -> None:
    """Values of ConfigMaps never cross the wire; Services are needed whole, for their type."""
    api_server.give(LIST, page())
    api_server.give("/api/v1/services", page())

    lister(api_server).list_kind(CONFIG_MAPS)
    lister(api_server).list_kind(SERVICES)

    accepted = [request.headers["Accept"] for request in api_server.requests]
    assert ["PartialObjectMetadataList" in accept for accept in accepted] == [True, False]


def test_one_unreadable_object_harms_no_other(api_server: ApiServer) -> None:
    """It is named, its kind is incomplete, and the others are there (S3, S12)."""
    wrong = {"metadata": {"name": "bad", "uid": "u", "creationTimestamp": "yesterday"}}
    api_server.give(LIST, {"items": [item_of("a"), wrong, "nonsense", item_of("b")]})

    listed = lister(api_server).list_kind(CONFIG_MAPS)

    assert ["a", "b"] == names(listed)
    assert [Reason.UnknownError] * 2 == [failure.reason for failure in listed.failures]
    assert "cannot read the object bad" in listed.failures[0].message


def test_what_is_computed_for_each_request_is_left_out(api_server: ApiServer) -> None:
    """An object without uid is stored nowhere, so there is nothing to delete."""
    api_server.give(LIST, {"items": [{"metadata": {"name": "virtual"}}, item_of("a")]})

    assert ["a"] == names(lister(api_server).list_kind(CONFIG_MAPS))


def test_an_empty_list_may_be_null(api_server: ApiServer) -> None:
    """Some servers write an empty list as null."""
    api_server.give(LIST, {"metadata": {}, "items": None})

    listed = lister(api_server).list_kind(CONFIG_MAPS)

    assert ([], []) == (listed.objects, listed.failures)


def test_a_list_that_is_no_json_is_incomplete(api_server: ApiServer) -> None:
    """A login page is no empty list (S3)."""
    api_server.give(LIST, Answer(b"<html>"))

    assert [Reason.ServerFault] == [failure.reason for failure in lister(api_server).list_kind(CONFIG_MAPS).failures]


class TestNamespaces:
    def test_excluded_namespaces_stay_out(self, api_server: ApiServer) -> None:
        """Objects of excluded namespaces are not kept."""
        items = [item_of("a", "pr-1"), item_of("b", "pr-2"), item_of("c", "shop")]
        api_server.give(LIST, {"items": items})

        assert ["a"] == names(lister(api_server, "pr-*", exclude=("pr-2",)).list_kind(CONFIG_MAPS))

    def test_named_namespaces_are_listed_one_by_one(self, api_server: ApiServer) -> None:
        """Rights within them are enough."""
        api_server.give("/api/v1/namespaces/pr-1/configmaps", page("a", namespace="pr-1"))
        api_server.give("/api/v1/namespaces/pr-2/configmaps", page("b", namespace="pr-2"))

        assert ["a", "b"] == names(lister(api_server, "pr-1", "pr-2").list_kind(CONFIG_MAPS))

    def test_a_denied_namespace_leaves_the_others(self, api_server: ApiServer) -> None:
        """The message names the namespace (S12)."""
        api_server.give("/api/v1/namespaces/pr-1/configmaps", status(403, "Forbidden", "no"))
        api_server.give("/api/v1/namespaces/pr-2/configmaps", page("b", namespace="pr-2"))

        listed = lister(api_server, "pr-1", "pr-2").list_kind(CONFIG_MAPS)

        assert ["b"] == names(listed)
        assert "list configmaps in pr-1" in listed.failures[0].message

    @pytest.mark.parametrize(
        ("answer", "failures"),
        [
            (status(404, "NotFound", 'namespaces "pr-1" not found', name="pr-1"), []),
            (status(403, "Forbidden", "no"), [Reason.AccessDenied]),
        ],
    )
    def test_a_namespace_that_is_not_there_holds_nothing(
        self, api_server: ApiServer, answer: Answer, failures: list[Reason]
    ) -> None:
        """Missing is no failure, denied is (S3)."""
        api_server.give("/api/v1/namespaces/pr-1", answer)

        listed = lister(api_server, "pr-1").list_kind(NAMESPACES)

        assert [] == listed.objects
        assert failures == [failure.reason for failure in listed.failures]

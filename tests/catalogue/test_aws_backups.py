"""How each row keeps what a resource holds, against botocore's service models."""

from botocore.validate import ParamValidator

from tagwarden.model.graph import EdgeMeaning
from tagwarden.providers.aws.row import Kind
from tagwarden.providers.aws.rows import KINDS
from tagwarden.providers.catalogue.templates import fill, placeholders
from tests.catalogue.shapes import operation


def test_what_people_deploy_can_be_kept() -> None:
    """Volumes, databases, warehouses and caches have backups."""
    assert {
        "aws_ec2_volume",
        "aws_elasticache_cluster",
        "aws_elasticache_replication_group",
        "aws_rds_cluster",
        "aws_rds_instance",
        "aws_redshift_cluster",
    } == {kind.name for kind in KINDS.values() if kind.backups}


def test_backups_are_of_a_kind_that_is_found_and_deleted(kind: Kind) -> None:
    """A backup is a resource like others: listed, tagged, and deleted when its own expiry comes."""
    for way in kind.backups:
        into = KINDS[way.into]

        assert into.category == "snapshot"
        assert into.state
        assert into.writing is not None
        assert into.delete is not None
        assert into.service == kind.service


def test_no_backup_goes_with_what_it_was_made_of(kind: Kind) -> None:
    """Nothing owns a snapshot, so that no deletion takes one along."""
    made = {way.into for each in KINDS.values() for way in each.backups}
    for link in kind.links:
        owned = kind.name if link.backwards else link.kind

        assert link.meaning is not EdgeMeaning.OWNS or owned not in made


def test_backups_are_made_with_their_tags(kind: Kind) -> None:
    """The one call that makes a backup names the resource and takes tags; a taken name is an error of that service."""
    for way in kind.backups:
        assert "tags" in placeholders(way.make.params)
        assert {"backup", "id", "tags", "member"} >= placeholders(way.make.params)
        assert way.grants

        known = {error.name for error in operation(kind, way.make.operation).error_shapes}
        known |= {
            error.metadata.get("error", {}).get("code", "")
            for error in operation(kind, way.make.operation).error_shapes
        }
        assert set(way.exists) <= known


def test_what_decides_on_a_backup_is_known_of_the_resource(kind: Kind) -> None:
    """Whether a backup can be made, and of what, is told by attributes that the row keeps."""
    for way in kind.backups:
        assert set(way.only) <= set(kind.attributes)
        assert placeholders(way.of) <= {"id"}
        assert [(each.into, each.of, each.ready, each.failed) for each in kind.backups[:1]] == [
            (way.into, way.of, way.ready, way.failed)
        ]


def test_listings_of_backups_validate(kind: Kind) -> None:
    """The listing of a kind takes what narrows it to the backups of one resource, page by page."""
    for way in kind.backups:
        into = KINDS[way.into]
        shape = operation(into, into.listing.operation).input_shape

        problems = ParamValidator().validate(fill(way.of, dict.fromkeys(placeholders(way.of), "one")), shape)

        assert not problems.has_errors(), problems.generate_report()

"""S19: which kinds hold something that no template restores."""

from tagwarden.providers.aws import is_irreplaceable, loss_of
from tagwarden.providers.aws.row import Holding, Kind
from tagwarden.providers.aws.rows import KINDS

# Categories that exist to keep something; every kind in them is irreplaceable.
KEEPING = {
    "bucket", "broker", "certificate", "database", "directory", "file_system", "image", "key", "key_pair", "log_group",
    "parameter", "queue", "registry", "search", "secret", "snapshot", "user_pool", "vault", "volume", "zone",
}  # fmt: skip
# A replication instance keeps a copy on its way from one database to another; a stream of Firehose only passes on.
PASSING_ON = {"aws_dms_replication_instance", "aws_firehose_stream"}


def test_s19_what_exists_to_keep_something_says_what_would_be_lost(kind: Kind) -> None:
    """S19: a kind of a category that keeps data, keys, names, messages or images names its loss."""
    if kind.category in KEEPING and kind.name not in PASSING_ON:
        assert is_irreplaceable(kind.name)
        assert loss_of(kind.name) in {each.value for each in Holding}


def test_s19_what_can_be_kept_by_a_backup_is_irreplaceable() -> None:
    """S19: a row that knows how to back its resource up also says what the backup would keep."""
    assert not [kind.name for kind in KINDS.values() if kind.backups and not is_irreplaceable(kind.name)]


def test_s19_a_template_restores_the_rest() -> None:
    """S19: instances, networks and functions come back from their templates, so being untagged is enough."""
    restored = ("aws_ec2_instance", "aws_ec2_nat_gateway", "aws_lambda_function", "aws_elbv2_load_balancer", "other")

    assert not [kind for kind in restored if is_irreplaceable(kind)]

"""S3, S18: about the kinds of a provider that this version lacks nothing is known, and nothing is guessed."""

from collections.abc import Callable

import pytest

from tagwarden.errors import Unsupported
from tagwarden.model.resource import ProviderName
from tagwarden.pipeline import catalogues
from tagwarden.pipeline.compiling import compile_policies
from tagwarden.pipeline.deciding import decide
from tagwarden.pipeline.declarations import Declarations
from tagwarden.planning import Budget
from tests.support.builders import NOW, a_policy, a_resource, a_snapshot, an_account

BUCKET = a_resource(provider=ProviderName.GCP, kind="gcp_storage_bucket", category="bucket")

QUESTIONS: dict[str, Callable[[], object]] = {
    "can it be deleted": lambda: catalogues.can_delete(BUCKET.provider, BUCKET.kind),
    "what depends on it": lambda: catalogues.dependents_of(BUCKET.provider, BUCKET.kind),
    "is it used from every region": lambda: catalogues.spans_regions(BUCKET.provider, BUCKET.kind),
    "is it irreplaceable": lambda: catalogues.is_irreplaceable(BUCKET.provider, BUCKET.kind, BUCKET.category),
    "must a policy name its kind": lambda: catalogues.is_named_only(BUCKET),
    "can it be backed up": lambda: catalogues.can_back_up(BUCKET),
    "does its deletion cut cycles": lambda: catalogues.untangles(BUCKET.provider, BUCKET.kind),
}


@pytest.mark.parametrize("question", QUESTIONS)
def test_s3_no_question_about_an_unknown_provider_has_an_answer(question: str) -> None:
    """S3: no catalogue used to mean that a bucket can be deleted, and that nothing depends on it."""
    with pytest.raises(Unsupported, match="this version has no provider for GCP"):
        QUESTIONS[question]()


def test_s3_a_snapshot_of_an_unknown_provider_makes_no_plan() -> None:
    """S3: an untagged bucket in a snapshot of another version is not planned for deletion; the pass says why."""
    policy = a_policy(rules={"untagged": "Delete"}, grace={"untagged": "0s"}, observations=1)
    account = an_account(provider=ProviderName.GCP)
    declarations = Declarations({policy.name: policy}, {account.name: account})

    with pytest.raises(Unsupported, match="this version has no provider for GCP"):
        decide(
            declarations,
            compile_policies(declarations, policy.name),
            [a_snapshot(BUCKET, provider=ProviderName.GCP)],
            lambda _policy, _resources: {},
            Budget(),
            NOW,
        )

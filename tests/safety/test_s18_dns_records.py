"""S18: what the records of a claimed zone lead to is in use."""

from datetime import UTC, datetime

from tagwarden.model.graph import Edge, EdgeMeaning
from tagwarden.providers.aws import AwsProvider
from tests.integration.aws_account import balancer
from tests.support.builders import an_account
from tests.support.fake_aws import DEFAULT_ACCOUNT, DEFAULT_REGION, FakeAWS

LOGIN = {"aws_access_key_id": "testing", "aws_secret_access_key": "testing"}


def test_a_zone_uses_what_its_records_lead_to(fake_aws: FakeAWS) -> None:
    """An alias writes the load balancer's name in small letters and with a dot, an A record only an address."""
    route53, ec2 = fake_aws.client("route53"), fake_aws.client("ec2")
    front = balancer(fake_aws, "Front", {"team": "shop"})
    host = fake_aws.client("elbv2").describe_load_balancers(LoadBalancerArns=[front])["LoadBalancers"][0]["DNSName"]
    address = ec2.allocate_address(Domain="vpc")
    zone = route53.create_hosted_zone(Name="example.com.", CallerReference="1")["HostedZone"]["Id"].split("/")[-1]
    alias = {"HostedZoneId": zone, "DNSName": f"dualstack.{host.lower()}.", "EvaluateTargetHealth": False}
    records = (
        {"Name": "www.example.com.", "Type": "A", "AliasTarget": alias},
        {"Name": "mail.example.com.", "Type": "A", "TTL": 60, "ResourceRecords": [{"Value": address["PublicIp"]}]},
    )
    changes = [{"Action": "CREATE", "ResourceRecordSet": record} for record in records]
    route53.change_resource_record_sets(HostedZoneId=zone, ChangeBatch={"Changes": changes})
    spec = {"accountID": DEFAULT_ACCOUNT, "regions": [DEFAULT_REGION], "endpointURL": fake_aws.endpoint}

    snapshot = AwsProvider(an_account("dev", aws=spec), LOGIN).collect(datetime.now(UTC))

    uids = {resource.id: resource.uid for resource in snapshot.resources}
    uses = {edge.target for edge in snapshot.edges if edge == Edge(uids[zone], EdgeMeaning.USES, edge.target)}
    assert {front, uids[address["AllocationId"]]} == uses

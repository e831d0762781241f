"""From AWS's Price List over HTTP to what a plan says that things cost."""

from pathlib import Path

import pytest

from tagwarden.inventory import load_prices
from tests.support.command_line import CommandLine
from tests.support.price_list import PriceList, price_list, some_products
from tests.support.processes import clean_environment

EXPECTED = """\
provider,region,kind,item,unit,usd
AWS,eu-central-1,aws_ec2_elastic_ip,PublicIPv4:IdleAddress,hour,0.005
AWS,eu-central-1,aws_ec2_elastic_ip,PublicIPv4:InUseAddress,hour,0.005
AWS,eu-central-1,aws_ec2_instance,m5.large RunInstances Shared,hour,0.1
AWS,eu-central-1,aws_ec2_instance,m5.large RunInstances:0002 Shared,hour,0.2
AWS,eu-central-1,aws_ec2_instance,t3.micro RunInstances Shared,hour,0.01
AWS,eu-central-1,aws_ec2_instance,t3.small RunInstances Shared,hour,0.02
AWS,eu-central-1,aws_ec2_nat_gateway,NatGateway-Hours,hour,0.052
AWS,eu-central-1,aws_ec2_volume,EBS:VolumeP-IOPS.gp3,IOPS-month,0.006
AWS,eu-central-1,aws_ec2_volume,EBS:VolumeP-Throughput.gp3,MiBps-month,0.05
AWS,eu-central-1,aws_ec2_volume,gp2,GiB-month,0.119
AWS,eu-central-1,aws_ec2_volume,gp3,GiB-month,0.0952
AWS,eu-central-1,aws_elbv2_load_balancer,Load Balancer-Application,hour,0.027
AWS,eu-central-1,aws_rds_instance,RDS:GP2-Storage,GiB-month,0.137
AWS,eu-central-1,aws_rds_instance,db.t3.micro PostgreSQL Single-AZ,hour,0.021
AWS,eu-central-1,aws_secretsmanager_secret,AWSSecretsManager-Secrets,month,0.4
"""


@pytest.fixture
def listed() -> PriceList:
    with price_list(*some_products()) as running:
        yield running


@pytest.fixture
def shell(listed: PriceList, tmp_path: Path) -> CommandLine:
    login = {"AWS_ACCESS_KEY_ID": "key", "AWS_SECRET_ACCESS_KEY": "secret", "AWS_ENDPOINT_URL_PRICING": listed.url}
    return CommandLine(tmp_path, {**clean_environment(), **login})


def test_prices_of_a_region_become_a_price_list(shell: CommandLine, listed: PriceList) -> None:
    """One line an item; steps, two prices of one item, use and what is charged elsewhere are left out."""
    answered = shell.run("prices", "--region", "eu-central-1")

    assert (0, EXPECTED) == (answered.status, answered.out)
    assert {"eu-central-1"} == {asked["regionCode"] for asked in listed.asked}
    assert "eu-central-1: aws_ec2_instance" in answered.err.splitlines()


def test_a_written_price_list_is_read(shell: CommandLine, tmp_path: Path) -> None:
    """What one command writes the others take."""
    (tmp_path / "prices.csv").write_text(shell.run("prices", "--region", "eu-central-1", "-q").out)

    assert load_prices(tmp_path / "prices.csv") is not None


def test_only_some_kinds_are_asked_for(shell: CommandLine, listed: PriceList) -> None:
    """A glob narrows what is asked, too."""
    answered = shell.run("prices", "--region", "eu-central-1", "--kind", "aws_rds_*", "--quiet")

    assert ["aws_rds_instance"] * 2 == [line.split(",")[2] for line in answered.out.splitlines()[1:]]
    assert {"AmazonRDS"} == {asked["ServiceCode"] for asked in listed.asked}
    assert answered.err == ""


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "no region given"),
        (("--region", "eu-centra-1"), "no vendor has prices for eu-centra-1"),
        (("--region", "eu-central-1", "--kind", "aws_s3_*"), "no kind with a price matches"),
        (("--stored",), "no stored snapshot"),
    ],
)
def test_what_has_no_prices_is_bad_input(shell: CommandLine, arguments: tuple[str, ...], said: str) -> None:
    """It says what to write instead, and writes no empty price list."""
    answered = shell.run("prices", *arguments, "-q")

    assert (2, "") == (answered.status, answered.out)
    assert said in answered.err

-- How many resources have which verdict, by policy?
select policy, verdict, count(*) as resources
from judgements where valid_to is null
group by policy, verdict order by policy, resources desc;

-- Which twenty resources are the oldest?
select created, kind, name, owner, account, region
from resources_now where created is not null
order by created limit 20;

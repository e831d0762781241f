-- What do resources cost a month that nobody owns or that have no expiry?
select kind, count(*) as resources, sum(cost_per_month) as usd_per_month
from resources_now
where owner is null or expires is null
group by kind order by usd_per_month desc nulls last, kind;

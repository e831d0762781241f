-- What does each owner's fleet cost a month by list prices, and how much of it has no price?
select coalesce(owner, '(nobody)') as owner, count(*) as resources, sum(cost_per_month) as usd_per_month,
  count(*) filter (where cost_per_month is null) as unpriced
from resources_now
group by 1 order by usd_per_month desc nulls last, resources desc;

-- Which volumes does no instance use?
select account, region, id, tags['owner'] as owner, cost_per_month
from resources_now as volume
where category = 'volume'
  and not exists (from edges_now where target = volume.uid and meaning in ('uses', 'owns', 'needs'))
order by cost_per_month desc nulls last;

-- What depends, directly or not, on the resource with the most dependents?
with recursive first as (
  select target as uid from edges_now where meaning in ('needs', 'uses') group by target
  order by count(*) desc, target limit 1
), reached as (
  select uid from first
  union
  select source from reached join edges_now on target = reached.uid where meaning in ('needs', 'uses')
)
select kind, count(*) as resources from reached join resources_now using (uid)
group by kind order by resources desc, kind;

-- How many resources appeared and went, by day?
with born as (
  select min(valid_from) as seen from resources group by account, uid, created
), gone as (
  select max(valid_to) as missed from resources group by account, uid, created having bool_and(valid_to is not null)
)
select day, sum(appeared) as appeared, sum(went) as went from (
  select date_trunc('day', seen) as day, 1 as appeared, 0 as went from born
  union all
  select date_trunc('day', missed), 0, 1 from gone
) group by day order by day desc;

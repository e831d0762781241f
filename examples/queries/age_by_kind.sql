-- How old are resources, by kind?
select kind, count(*) as resources,
  round(avg(date_diff('hour', created, now())) / 24, 1) as mean_days,
  round(median(date_diff('hour', created, now())) / 24, 1) as median_days
from resources_now where created is not null
group by kind order by median_days desc, kind;

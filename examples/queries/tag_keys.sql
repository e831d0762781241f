-- Which tag keys are in use, and how often?
select key, count(*) as resources, count(distinct value) as different_values
from tags
group by key order by resources desc, key;

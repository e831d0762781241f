-- Which kinds have the most resources without owner or expiry?
select kind, count(*) as resources
from resources_now
where tag_state = 'known' and (owner is null or expires is null)
group by kind order by resources desc, kind;

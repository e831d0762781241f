-- Which tags cannot be read?
select account, kind, count(*) as resources
from resources_now where tag_state = 'unreadable'
group by account, kind order by resources desc;

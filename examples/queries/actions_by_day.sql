-- What did Tagwarden do, by day?
select date_trunc('day', started) as day, action, state, count(*) as actions
from actions
group by all order by day desc, action, state;

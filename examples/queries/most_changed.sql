-- Which resources change the most?
select kind, name, account, count(*) as states
from resources
group by account, kind, uid, name having count(*) > 1
order by states desc, kind, name limit 20;

-- What goes within the next seven days, and whose is it?
select expires, owner, kind, name, account
from resources_now
where expires between now() and now() + interval 7 days
order by expires;

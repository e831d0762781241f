-- What was deleted within the last seven days, and under which rule?
select finished, kind, name, account, rule, policy, approved_by
from actions
where action = 'Delete' and state = 'Verified' and finished > now() - interval 7 days
order by finished desc;

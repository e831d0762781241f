-- Which accounts are not read completely, and which kinds are missing?
select account, max(taken) as taken, arg_max(incomplete_kinds, taken) as incomplete_kinds
from snapshots
group by account having not arg_max(complete, taken)
order by account;

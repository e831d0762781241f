-- How much hangs on each network?
select network.kind, network.name, network.id, network.account, count(*) as dependents
from resources_now as network join edges_now on target = network.uid
where network.category = 'network'
group by all order by dependents desc, network.id;

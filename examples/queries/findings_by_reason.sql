-- Which findings are the most frequent?
select reason, count(*) as findings, any_value(message) as example
from findings where valid_to is null
group by reason order by findings desc;

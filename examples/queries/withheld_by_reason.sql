-- Why are deletions and repairs withheld?
select withheld as reason, count(*) as resources, any_value(withheld_message) as example
from judgements where valid_to is null and withheld is not null
group by withheld order by resources desc;

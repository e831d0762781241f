-- Which share of the judged resources of each account is compliant?
select account, count(*) as judged,
  round(100.0 * count(*) filter (where verdict = 'Compliant') / count(*), 1) as compliant_percent
from resources_now where verdict is not null
group by account order by compliant_percent;

-- One survey for each satisfaction rating that was offered; answered when it is good or bad.
with person as (
    select substr(contact_id, 7) as id, agent as name from events where event = 'user'
),
team as (
    select substr(contact_id, 8) as id, queue as name from events where event = 'group'
)
select
    r.contact_id as _group,
    r.native_id as native_id,
    'csat' as kind,
    'interaction' as subject,
    r.contact_id,
    coalesce(team.name, r.queue) as queue,
    coalesce(person.name, r.agent) as agent,
    r.detail_4 as customer_key,
    r.event_at as sent_at,
    case when r.detail like 'good%' or r.detail like 'bad%' then greatest(coalesce(try_cast(r.detail_3 as timestamp), r.event_at), r.event_at) end as responded_at,
    case when r.detail like 'good%' then 1 when r.detail like 'bad%' then 0 end as score,
    0 as scale_min,
    1 as scale_max,
    nullif(r.detail_2, '') as comment
from events r
left join team on team.id = r.queue
left join person on person.id = r.agent
where r.event = 'rating'

-- One survey for each conversation that was rated, from 1 to 5.
with person as (
    select substr(contact_id, 8) as id, agent as name from events where event = 'admin'
),
team as (
    select substr(contact_id, 7) as id, queue as name from events where event = 'team'
),
rated as (
    select
        *,
        try_cast(json_extract_string(detail_5, '$.rating') as double) as rating,
        try_cast(json_extract_string(detail_5, '$.rated') as timestamp) as rated_at,
        json_extract_string(detail_5, '$.remark') as remark
    from events
    where event = 'conversation'
)
select
    r.contact_id as _group,
    'rating/' || r.contact_id as native_id,
    'csat' as kind,
    'interaction' as subject,
    r.contact_id,
    coalesce(team.name, r.queue) as queue,
    coalesce(person.name, r.agent) as agent,
    r.detail_4 as customer_key,
    coalesce(r.rated_at, r.event_at) as responded_at,
    r.rating as score,
    1 as scale_min,
    5 as scale_max,
    nullif(r.remark, '') as comment
from rated r
left join team on team.id = r.queue
left join person on person.id = r.agent
where r.rating between 1 and 5

select
    'rating/' || id as key, ticket_id as contact_id, 'rating' as event, created_at as event_at, coalesce(updated_at, created_at) as revision,
    null as via, group_id as queue, assignee_id as agent,
    lower(score) as detail, comment as detail_2, updated_at as detail_3, requester_id as detail_4, null as detail_5,
    _line
from raw
where lower(score) <> 'unoffered'

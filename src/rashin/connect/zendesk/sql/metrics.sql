-- Zendesk's own figures of a ticket. When the ticket was solved is a fact as well, for those who export neither audits nor history.
select
    'solved/' || ticket_id as key, ticket_id as contact_id, 'solved' as event, solved_at as event_at, coalesce(updated_at, solved_at) as revision,
    null as via, null as queue, null as agent,
    reopens as detail, replies as detail_2, null as detail_3, null as detail_4, null as detail_5,
    _line
from raw
where solved_at is not null

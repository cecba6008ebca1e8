-- The incremental export of ticket events: the changed field is itself the key of the child event.
with event as (
    select id, ticket_id, updater_id, coalesce(created_at, timestamp) as created_at, _line,
        unnest(from_json(coalesce(child_events, '[]'), '["json"]')) as e
    from raw
),
field as (
    select *, unnest(['status', 'group_id', 'assignee_id', 'priority', 'requester_id', 'type']) as name
    from event
    where e ->> 'event_type' in ('Create', 'Change')
)
select
    'change/' || (e ->> 'id') || case when e ->> 'event_type' = 'Create' then '/' || name else '' end as key,
    ticket_id as contact_id, 'change' as event, created_at as event_at, created_at as revision,
    e ->> 'via' as via, null as queue, updater_id as agent,
    name as detail, e ->> name as detail_2, e ->> 'previous_value' as detail_3, null as detail_4, null as detail_5,
    _line
from field
where (e ->> name) is not null
union all
select
    'comment/' || (e ->> 'id'), ticket_id, 'comment', created_at, created_at,
    e ->> 'via', null, coalesce(e ->> 'author_id', updater_id),
    case lower(coalesce(e ->> 'comment_public', e ->> 'public')) when 'true' then 'public' when 'false' then 'private' end,
    null, null, null, null,
    _line
from event
where e ->> 'event_type' = 'Comment'

-- One audit is one update with several events: of them, changes of the fields that KPIs need, and comments.
with event as (
    select id, ticket_id, author_id, created_at, via, _line, unnest(from_json(coalesce(events, '[]'), '["json"]')) as e
    from raw
)
select
    case when e ->> 'type' in ('Comment', 'VoiceComment') then 'comment/' else 'change/' end || (e ->> 'id') as key,
    ticket_id as contact_id,
    case when e ->> 'type' in ('Comment', 'VoiceComment') then 'comment' else 'change' end as event,
    created_at as event_at,
    created_at as revision,
    via, null as queue,
    case when e ->> 'type' in ('Comment', 'VoiceComment') then coalesce(e ->> 'author_id', author_id) else author_id end as agent,
    case
        when e ->> 'type' not in ('Comment', 'VoiceComment') then e ->> 'field_name'
        when lower(e ->> 'public') = 'true' then 'public'
        when lower(e ->> 'public') = 'false' then 'private'
    end as detail,
    case when e ->> 'type' not in ('Comment', 'VoiceComment') then e ->> 'value' end as detail_2,
    case when e ->> 'type' not in ('Comment', 'VoiceComment') then e ->> 'previous_value' end as detail_3,
    null as detail_4, null as detail_5,
    _line
from event
where
    e ->> 'type' in ('Comment', 'VoiceComment')
    or (e ->> 'type' in ('Create', 'Change') and e ->> 'field_name' in ('status', 'group_id', 'assignee_id', 'priority', 'requester_id', 'type'))

-- Flat history has no numbers: field and instant identify a change. Fields that no KPI needs are passed over by the reader.
select
    'field/' || ticket_id || '/' || field_name || '/' || updated || '/' || coalesce(value, '') as key,
    ticket_id as contact_id, 'change' as event, updated as event_at, updated as revision,
    null as via, null as queue, user_id as agent,
    field_name as detail, value as detail_2, null as detail_3, null as detail_4, null as detail_5,
    _line
from raw
where lower(field_name) in ('status', 'group_id', 'assignee_id', 'priority', 'requester_id', 'type')

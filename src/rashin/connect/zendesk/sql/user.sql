-- Context: who is an agent, and what he is called.
select
    'user/' || id as key, '@user/' || id as contact_id, 'user' as event, created_at as event_at, coalesce(updated_at, created_at) as revision,
    null as via, null as queue, name as agent,
    lower(role) as detail, null as detail_2, null as detail_3, null as detail_4, null as detail_5,
    _line
from raw

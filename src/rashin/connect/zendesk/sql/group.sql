-- Context: what a group is called.
select
    'group/' || id as key, '@group/' || id as contact_id, 'group' as event, created_at as event_at, coalesce(updated_at, created_at) as revision,
    null as via, name as queue, null as agent,
    null as detail, null as detail_2, null as detail_3, null as detail_4, null as detail_5,
    _line
from raw

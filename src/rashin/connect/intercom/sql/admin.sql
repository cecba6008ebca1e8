-- Context: what an admin is called. The API gives no date; then the beginning of time counts.
select
    'admin/' || id as key, '@admin/' || id as contact_id, 'admin' as event,
    coalesce(synced, '1970-01-01 00:00:00') as event_at, coalesce(synced, '1970-01-01 00:00:00') as revision,
    null as via, null as queue, name as agent,
    null as detail, null as detail_2, null as detail_3, null as detail_4, null as detail_5,
    _line
from raw

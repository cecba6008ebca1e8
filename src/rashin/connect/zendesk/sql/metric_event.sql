select
    'metric/' || id as key, ticket_id as contact_id, 'metric' as event, time as event_at, time as revision,
    null as via, null as queue, null as agent,
    metric as detail, type as detail_2, instance_id as detail_3, case lower(deleted) when 'true' then 'deleted' end as detail_4, null as detail_5,
    _line
from raw
where type in ('activate', 'pause', 'fulfill')

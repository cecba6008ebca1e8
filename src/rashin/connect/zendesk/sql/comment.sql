select
    'comment/' || id as key, ticket_id as contact_id, 'comment' as event, created_at as event_at, created_at as revision,
    via, null as queue, author_id as agent,
    case lower(public) when 'true' then 'public' when '1' then 'public' when 'false' then 'private' when '0' then 'private' else public end as detail,
    null as detail_2, null as detail_3, null as detail_4, null as detail_5,
    _line
from raw

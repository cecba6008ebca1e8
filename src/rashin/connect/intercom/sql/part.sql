select
    'part/' || id as key, conversation_id as contact_id, 'part' as event,
    case when regexp_full_match(created_at, '\d{9,11}') then strftime(make_timestamp(cast(created_at as bigint) * 1000000), '%Y-%m-%d %H:%M:%S') else created_at end as event_at,
    case when regexp_full_match(coalesce(updated_at, created_at), '\d{9,11}') then strftime(make_timestamp(cast(coalesce(updated_at, created_at) as bigint) * 1000000), '%Y-%m-%d %H:%M:%S') else coalesce(updated_at, created_at) end as revision,
    null as via, null as queue, author_id as agent,
    part_type as detail, author_type as detail_2, assigned_to_type as detail_3, assigned_to_id as detail_4,
    case when coalesce(body, '') <> '' then 'body' end as detail_5,
    _line
from raw

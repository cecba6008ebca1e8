-- The conversation itself, and the parts that the API keeps inside it. Instants are seconds since 1970 in JSON, UTC text in tables.
with told as (
    select
        * exclude (created_at, updated_at, rated_at, first_admin_reply_at, last_close_at, first_close_at),
        case when regexp_full_match(created_at, '\d{9,11}') then strftime(make_timestamp(cast(created_at as bigint) * 1000000), '%Y-%m-%d %H:%M:%S') else created_at end as created,
        case when regexp_full_match(updated_at, '\d{9,11}') then strftime(make_timestamp(cast(updated_at as bigint) * 1000000), '%Y-%m-%d %H:%M:%S') else updated_at end as updated,
        case when regexp_full_match(rated_at, '\d{9,11}') then strftime(make_timestamp(cast(rated_at as bigint) * 1000000), '%Y-%m-%d %H:%M:%S') else rated_at end as rated,
        case when regexp_full_match(first_admin_reply_at, '\d{9,11}') then strftime(make_timestamp(cast(first_admin_reply_at as bigint) * 1000000), '%Y-%m-%d %H:%M:%S') else first_admin_reply_at end as replied,
        case when regexp_full_match(first_close_at, '\d{9,11}') then strftime(make_timestamp(cast(first_close_at as bigint) * 1000000), '%Y-%m-%d %H:%M:%S') else first_close_at end as first_closed,
        case when regexp_full_match(last_close_at, '\d{9,11}') then strftime(make_timestamp(cast(last_close_at as bigint) * 1000000), '%Y-%m-%d %H:%M:%S') else last_close_at end as last_closed
    from raw
)
select
    'conversation/' || id as key, id as contact_id, 'conversation' as event, created as event_at, coalesce(updated, created) as revision,
    source_type as via,
    coalesce(team_id, case when assignee_type = 'team' then assignee_id end) as queue,
    case when assignee_type = 'team' then null else assignee_id end as agent,
    state as detail, author_type as detail_2, delivered_as as detail_3, coalesce(contact, case when author_type in ('user', 'lead', 'contact') then author_id end) as detail_4,
    cast(json_object(
        'priority', priority, 'replied', replied, 'first_closed', first_closed, 'last_closed', last_closed, 'reopens', count_reopens,
        'rating', rating, 'remark', rating_remark, 'rated', rated
    ) as varchar) as detail_5,
    _line
from told
union all
select
    'part/' || (p ->> 'id'), id, 'part',
    case when regexp_full_match((p ->> 'created_at'), '\d{9,11}') then strftime(make_timestamp(cast((p ->> 'created_at') as bigint) * 1000000), '%Y-%m-%d %H:%M:%S') else (p ->> 'created_at') end, case when regexp_full_match(coalesce(p ->> 'updated_at', p ->> 'created_at'), '\d{9,11}') then strftime(make_timestamp(cast(coalesce(p ->> 'updated_at', p ->> 'created_at') as bigint) * 1000000), '%Y-%m-%d %H:%M:%S') else coalesce(p ->> 'updated_at', p ->> 'created_at') end,
    null, null, p ->> '$.author.id',
    p ->> 'part_type', p ->> '$.author.type', p ->> '$.assigned_to.type', p ->> '$.assigned_to.id',
    case when coalesce(p ->> 'body', '') <> '' then 'body' end,
    _line
from (select id, _line, unnest(from_json(coalesce(parts, '[]'), '["json"]')) as p from told)

-- The ticket itself, and the comments that full exports keep inside it.
select
    'ticket/' || id as key, id as contact_id, 'ticket' as event, created_at as event_at, coalesce(updated_at, created_at) as revision,
    via, group_id as queue, assignee_id as agent,
    status as detail, requester_id as detail_2, submitter_id as detail_3, priority as detail_4,
    cast(json_object('type', type, 'problem', problem_id, 'merged', case when regexp_matches(tags, '\bclosed_by_merge\b') then true end) as varchar) as detail_5,
    _line
from raw
union all
select
    'comment/' || coalesce(c ->> 'id', md5(cast(c as varchar))), id, 'comment', c ->> 'created_at', c ->> 'created_at',
    c ->> '$.via.channel', null, c ->> 'author_id',
    case lower(c ->> 'public') when 'true' then 'public' when 'false' then 'private' end, null, null, null, null,
    _line
from (select id, _line, unnest(from_json(coalesce(comments, '[]'), '["json"]')) as c from raw)

-- One contact for each ticket, from everything that is known of it. Context rows (contact_id '@user/…', '@group/…') say who is an agent and what groups are called.
-- First response: the first public comment by an agent; where the agent opened the ticket with a public comment, the second. Requester wait = new + open + hold,
-- agent wait = pending, agent work = new + open. A status that still lasts is not counted: nobody knows yet how long.
with person as (
    select substr(contact_id, 7) as id, agent as name, detail as role from events where event = 'user'
),
team as (
    select substr(contact_id, 8) as id, queue as name from events where event = 'group'
),
ticket as (
    select
        contact_id, event_at as created_at, queue as group_id, agent as assignee_id, channel as via, detail as status, detail_2 as requester_id,
        detail_3 as submitter_id, detail_4 as priority, json_extract_string(detail_5, '$.type') as type, json_extract_string(detail_5, '$.problem') as problem
    from events
    -- A ticket that was merged into another is no contact of its own: its comments live on in the other one.
    where event = 'ticket' and coalesce(detail, '') <> 'deleted' and coalesce(json_extract_string(detail_5, '$.merged'), '') <> 'true'
),
comment as (
    select
        e.contact_id, e.event_at, e.native_id, e.agent as author, e.detail = 'public' as is_public,
        case
            when person.role in ('agent', 'admin') then 'agent'
            when person.role is not null then 'customer'
            when e.agent = t.requester_id then 'customer'
            when e.agent is null or try_cast(e.agent as bigint) <= 0 then 'system'
            else 'agent'
        end as side,
        row_number() over (
            partition by e.contact_id order by e.event_at, try_cast(regexp_extract(e.native_id, '\d+$') as bigint), e.native_id
        ) as number
    from events e
    join ticket t on t.contact_id = e.contact_id
    left join person on person.id = e.agent
    where e.event = 'comment'
),
talk as (
    select
        contact_id,
        count(*) as comments,
        min(event_at) filter (where is_public and side = 'agent' and number > 1) as first_response_at,
        arg_min(author, number) filter (where is_public and side = 'agent' and number > 1) as first_responder,
        count(*) filter (where is_public and side = 'agent' and number > 1) as replies,
        count(*) filter (where is_public and side = 'customer') as customer_messages
    from comment
    group by contact_id
),
told as (
    -- Several fields may change at one instant, and audits and flat history may tell the same change twice.
    select contact_id, event_at, lower(detail) as field, arg_max(detail_2, native_id) as value, arg_max(detail_3, native_id) as previous
    from events
    where event = 'change'
    group by contact_id, event_at, lower(detail)
),
status_line as (
    select contact_id, event_at, replace(lower(value), 'on-hold', 'hold') as status, 1 as step from told where field = 'status'
    union all
    select t.contact_id, t.created_at, coalesce(
        (select arg_min(replace(lower(f.previous), 'on-hold', 'hold'), f.event_at) from told f where f.contact_id = t.contact_id and f.field = 'status'), 'new'
    ), 0
    from ticket t
    where exists (select 1 from told f where f.contact_id = t.contact_id and f.field = 'status')
),
status_run as (
    select
        s.contact_id, s.event_at, s.status,
        lag(s.status) over life as before,
        lead(s.event_at) over life as until
    from status_line s
    join ticket t on t.contact_id = s.contact_id
    where s.event_at >= t.created_at
    window life as (partition by s.contact_id order by s.event_at, s.step)
),
life as (
    select
        contact_id,
        min(event_at) filter (where status in ('solved', 'closed') and before not in ('solved', 'closed')) as first_solved_at,
        max(event_at) filter (where status in ('solved', 'closed') and before not in ('solved', 'closed')) as last_solved_at,
        min(event_at) filter (where status = 'closed') as closed_at,
        arg_max(status, event_at) as last_status,
        count(*) filter (where before = 'solved' and status in ('new', 'open', 'pending', 'hold')) as reopens,
        coalesce(sum(epoch(until - event_at)) filter (where status in ('new', 'open', 'hold')), 0) as requester_wait_s,
        coalesce(sum(epoch(until - event_at)) filter (where status = 'pending'), 0) as agent_wait_s,
        coalesce(sum(epoch(until - event_at)) filter (where status in ('new', 'open')), 0) as agent_work_s,
        coalesce(sum(epoch(until - event_at)) filter (where status = 'hold'), 0) as on_hold_s
    from status_run
    group by contact_id
),
moved as (
    select
        contact_id, field, value,
        coalesce(lag(value) over (partition by contact_id, field order by event_at), previous) as before
    from told
    where field = 'group_id'
),
move as (
    select contact_id, count(*) filter (where coalesce(before, '') <> '' and coalesce(value, '') <> '' and before <> value) as handovers
    from moved
    group by contact_id
),
figure as (
    select
        contact_id,
        min(event_at) filter (where detail = 'reply_time' and detail_2 = 'fulfill') as replied_at,
        max(event_at) filter (where event = 'solved') as solved_at,
        max(try_cast(detail as bigint)) filter (where event = 'solved') as reopens,
        max(try_cast(detail_2 as bigint)) filter (where event = 'solved') as replies
    from events
    where (event = 'metric' and detail_4 is null) or event = 'solved'
    group by contact_id
),
whole as (
    select
        t.*, talk.comments, talk.customer_messages, talk.first_responder, l.*  exclude (contact_id), m.handovers,
        case when talk.comments is not null then talk.first_response_at else f.replied_at end as first_response_at,
        coalesce(talk.replies, f.replies) as replies,
        coalesce(l.reopens, f.reopens) as all_reopens,
        coalesce(l.last_status, lower(t.status)) in ('solved', 'closed') as is_solved,
        coalesce(l.last_solved_at, f.solved_at) as solved_at
    from ticket t
    left join talk on talk.contact_id = t.contact_id
    left join life l on l.contact_id = t.contact_id
    left join move m on m.contact_id = t.contact_id
    left join figure f on f.contact_id = t.contact_id
),
ordered as (
    -- A response or solution before the ticket was created is a clock or merge artefact: as if it were not known.
    select * replace (
        case when first_response_at >= created_at then first_response_at end as first_response_at,
        case when is_solved and solved_at >= created_at then solved_at end as solved_at
    )
    from whole
)
select
    o.contact_id as _group,
    o.contact_id as native_id,
    case
        when via in ('email', 'closed_ticket') then 'mail'
        when via in ('web', 'web_form', 'mobile', 'mobile_sdk', 'web_widget', 'help_center', 'web_service') then 'form'
        when via in ('chat', 'native_messaging', 'messaging', 'chat_transcript', 'apple_business_chat') then 'chat'
        when via in ('voice', 'phone', 'phone_call_inbound', 'phone_call_outbound') then 'voice'
        when via in ('twitter', 'twitter_dm', 'x_corp', 'x_corp_dm', 'facebook', 'facebook_post', 'instagram_dm', 'line', 'whatsapp', 'wechat', 'any_channel') then 'social'
        when via in ('sms', 'text') then 'sms'
        else 'other'
    end as channel,
    'inbound' as direction,
    coalesce(team.name, o.group_id) as queue,
    coalesce(assignee.name, o.assignee_id) as agent,
    o.type as category,
    o.priority as priority,
    o.requester_id as customer_key,
    o.problem as issue_key,
    case when via = 'sample_ticket' then true end as is_test,
    case
        when o.first_response_at is not null or o.is_solved then 'answered'
        when o.comments is not null or lower(o.status) = 'new' then 'open'
        when lower(o.status) in ('pending', 'hold') then 'answered'
    end as outcome,
    o.created_at as offered_at,
    o.first_response_at,
    case when o.solved_at >= coalesce(o.first_response_at, o.solved_at) then o.solved_at end as resolved_at,
    case when o.closed_at >= o.created_at then o.closed_at end as ended_at,
    epoch(o.first_response_at - o.created_at) as first_response_s,
    case when o.solved_at >= coalesce(o.first_response_at, o.solved_at) then epoch(o.solved_at - o.created_at) end as resolution_s,
    epoch(o.first_solved_at - o.created_at) as first_resolution_s,
    o.requester_wait_s,
    o.agent_wait_s,
    o.agent_work_s,
    o.on_hold_s,
    o.handovers,
    o.replies,
    o.customer_messages,
    o.all_reopens as reopens,
    o.is_solved as resolved
from ordered o
left join team on team.id = o.group_id
left join person assignee on assignee.id = o.assignee_id

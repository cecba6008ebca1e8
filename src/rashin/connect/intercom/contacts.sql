-- One contact for each conversation. A reply is a comment by an admin, or another part of his with text (closing, assigning); a note is none.
-- First response counts from the beginning where the customer began, and from the customer's first message where an admin or a bot did.
with person as (
    select substr(contact_id, 8) as id, agent as name from events where event = 'admin'
),
team as (
    select substr(contact_id, 7) as id, queue as name from events where event = 'team'
),
conversation as (
    select
        contact_id, event_at as created_at, channel as source_type, queue as team_id, agent as assignee_id, detail as state, detail_2 as author_type,
        detail_3 as delivered_as, detail_4 as customer,
        json_extract_string(detail_5, '$.priority') as priority,
        try_cast(json_extract_string(detail_5, '$.replied') as timestamp) as replied_at,
        try_cast(json_extract_string(detail_5, '$.first_closed') as timestamp) as first_closed_at,
        try_cast(json_extract_string(detail_5, '$.last_closed') as timestamp) as last_closed_at,
        try_cast(json_extract_string(detail_5, '$.reopens') as bigint) as reopens
    from events
    where event = 'conversation'
),
part as (
    select
        contact_id, event_at, native_id, agent as author,
        detail as part_type, detail_2 as author_type, detail_3 as assigned_type, detail_4 as assigned_id,
        detail = 'comment' or (detail in ('close', 'assignment', 'assign_and_reopen', 'open', 'snoozed') and detail_5 = 'body') as is_message
    from events
    where event = 'part'
),
heard as (
    select
        c.contact_id,
        count(p.contact_id) as parts,
        -- where the customer did not begin, the clock begins with his first message
        case
            when c.author_type in ('admin', 'bot') then min(p.event_at) filter (where p.is_message and p.author_type in ('user', 'lead', 'contact'))
            else c.created_at
        end as asked_at,
        count(*) filter (where p.is_message and p.author_type = 'admin') as replies,
        count(*) filter (where p.is_message and p.author_type in ('user', 'lead', 'contact'))
            + case when c.author_type in ('admin', 'bot') then 0 else 1 end as customer_messages,
        count(*) filter (where p.author_type = 'bot') as bot_parts
    from conversation c
    left join part p on p.contact_id = c.contact_id
    group by c.contact_id, c.author_type, c.created_at
),
answer as (
    select p.contact_id, min(p.event_at) as first_response_at
    from part p
    join heard h on h.contact_id = p.contact_id
    where p.is_message and p.author_type = 'admin' and p.event_at >= h.asked_at
    group by p.contact_id
),
ending as (
    select
        contact_id, event_at, kind,
        lag(kind) over (partition by contact_id order by event_at, case kind when 'open' then 1 else 2 end, native_id) as before
    from (
        select contact_id, event_at, native_id, case when part_type = 'close' then 'closed' else 'open' end as kind
        from part
        where part_type = 'close' or part_type in ('open', 'assign_and_reopen') or (is_message and author_type in ('user', 'lead', 'contact'))
    )
),
life as (
    select
        contact_id,
        min(event_at) filter (where kind = 'closed') as first_closed_at,
        max(event_at) filter (where kind = 'closed' and before is distinct from 'closed') as last_closed_at,
        count(*) filter (where kind = 'open' and before = 'closed') as reopens
    from ending
    group by contact_id
),
moved as (
    select
        contact_id, assigned_type || '/' || assigned_id as holder,
        lag(assigned_type || '/' || assigned_id) over (partition by contact_id, assigned_type order by event_at, native_id) as before
    from part
    where assigned_id is not null and assigned_type in ('admin', 'team')
),
move as (
    select contact_id, count(*) filter (where before is not null and before <> holder) as handovers from moved group by contact_id
),
member as (
    select contact_id, min(detail) as customer from events where event = 'member' group by contact_id
),
whole as (
    select
        c.*, h.parts, h.asked_at, h.customer_messages, h.bot_parts, m.handovers,
        coalesce(c.customer, member.customer) as customer_key,
        case when h.parts > 0 then h.replies end as replies,
        coalesce(a.first_response_at, case when c.author_type not in ('admin', 'bot') or c.author_type is null then c.replied_at end) as first_response_at,
        coalesce(l.first_closed_at, c.first_closed_at) as first_closed,
        coalesce(l.last_closed_at, c.last_closed_at) as last_closed,
        coalesce(l.reopens, c.reopens) as all_reopens
    from conversation c
    join heard h on h.contact_id = c.contact_id
    left join answer a on a.contact_id = c.contact_id
    left join life l on l.contact_id = c.contact_id
    left join move m on m.contact_id = c.contact_id
    left join member on member.contact_id = c.contact_id
)
select
    w.contact_id as _group,
    w.contact_id as native_id,
    case
        when source_type = 'email' then 'mail'
        when source_type in ('facebook', 'twitter', 'instagram', 'whatsapp', 'line') then 'social'
        when source_type = 'sms' then 'sms'
        when source_type in ('phone_call', 'phone_switch') then 'voice'
        else 'chat'
    end as channel,
    case when coalesce(delivered_as, 'customer_initiated') in ('customer_initiated', 'operator_initiated') then 'inbound' else 'outbound' end as direction,
    coalesce(team.name, w.team_id) as queue,
    coalesce(person.name, w.assignee_id) as agent,
    w.priority,
    w.customer_key,
    case
        when w.first_response_at is not null or w.replies > 0 then 'answered'
        when w.bot_parts > 0 and w.state = 'closed' then 'answered'
        when w.state = 'closed' then null
        when w.parts > 0 or w.replied_at is null then 'open'
    end as outcome,
    w.created_at as offered_at,
    case when w.first_response_at >= w.created_at then w.first_response_at end as first_response_at,
    case when w.state = 'closed' and w.last_closed >= coalesce(w.first_response_at, w.created_at) then w.last_closed end as resolved_at,
    case when w.first_response_at >= w.asked_at then epoch(w.first_response_at - w.asked_at) end as first_response_s,
    case when w.state = 'closed' and w.last_closed >= coalesce(w.first_response_at, w.created_at) then epoch(w.last_closed - w.created_at) end as resolution_s,
    case when w.first_closed >= w.created_at then epoch(w.first_closed - w.created_at) end as first_resolution_s,
    w.handovers,
    w.replies,
    w.customer_messages,
    w.all_reopens as reopens,
    w.state = 'closed' as resolved,
    case when w.parts > 0 then w.bot_parts > 0 and coalesce(w.replies, 0) = 0 end as bot_handled
from whole w
left join team on team.id = w.team_id
left join person on person.id = w.assignee_id

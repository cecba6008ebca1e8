-- One contact for each visit of a call to a queue ("leg").
-- Nearly every call enters a queue once and everything happens to it once: such a call is told by one pass over its lines, whatever their order.
-- Of the others the lines are put in order. The log has no number for a visit, and whole seconds only: a visit is found by counting the entries before each
-- line. Within one second an end that had waited 2 s or more belongs to the earlier visit, anything else comes after the entry (and a log that lies about
-- waits, with one visit, is right too).
with kind_of (event, kind) as (
    values
    ('ENTERQUEUE', 'enter'), ('RINGNOANSWER', 'ring'), ('RINGCANCELED', 'ring'), ('AGENTDUMP', 'ring'), ('CONNECT', 'connect'),
    ('TRANSFER', 'transfer'), ('BLINDTRANSFER', 'transfer'), ('ATTENDEDTRANSFER', 'transfer'), ('COMPLETEAGENT', 'complete'), ('COMPLETECALLER', 'complete'),
    ('ABANDON', 'exit'), ('EXITEMPTY', 'exit'), ('EXITWITHKEY', 'exit'), ('EXITWITHTIMEOUT', 'exit'), ('SYSCOMPAT', 'exit'),
    ('WRAPUPSTART', 'wrapup'), ('CALLSTATUS', 'status')
),
told as (
    select
        contact_id,
        queue,
        count(*) filter (where kind = 'enter') <= 1
            and count(*) filter (where kind = 'connect') <= 1
            and count(*) filter (where kind in ('transfer', 'complete')) <= 1
            and count(*) filter (where kind = 'exit') <= 1
            and min(event_at) >= coalesce(min(event_at) filter (where kind = 'enter'), min(event_at)) as each_once,
        min(event_at) filter (where kind = 'enter') as entered_at,
        min(event_at) filter (where kind = 'connect') as connected_at,
        min(agent) filter (where kind = 'connect') as connected_agent,
        min(detail) filter (where kind = 'connect') as connect_wait,
        min(detail_3) filter (where kind = 'connect') as rang,
        min(event_at) filter (where kind in ('transfer', 'complete')) as finished_at,
        min(events.event) filter (where kind in ('transfer', 'complete')) as finish,
        min(agent) filter (where kind in ('transfer', 'complete')) as finish_agent,
        min(case kind when 'complete' then detail_2 when 'transfer' then detail_4 end) as talked,
        min(case kind when 'complete' then detail when 'transfer' then detail_3 end) as finish_wait,
        min(event_at) filter (where kind = 'exit') as left_at,
        min(events.event) filter (where kind = 'exit') as leave,
        min(detail) filter (where kind = 'exit') as leave_detail,
        min(detail_3) filter (where kind = 'exit') as leave_detail_3,
        min(detail_4) filter (where kind = 'exit') as leave_detail_4,
        count(*) filter (where kind = 'transfer') as transfers,
        count(*) filter (where kind in ('ring', 'connect')) as attempts,
        max(detail_2) filter (where kind = 'enter') as caller,
        max(try_cast(case kind when 'wrapup' then detail end as double)) as wrapup_s,
        max(detail) filter (where kind = 'status') as status
    from events
    join kind_of on kind_of.event = events.event
    where not starts_with(contact_id, 'agent/')
    group by contact_id, queue
),
plain as (
    select
        contact_id, queue, entered_at, connected_at, connected_agent,
        try_cast(connect_wait as double) as connect_wait_s,
        try_cast(rang as double) as rang_s,
        finished_at, finish, finish_agent,
        try_cast(talked as double) as talked_s,
        try_cast(finish_wait as double) as finish_wait_s,
        left_at, leave, leave_detail,
        case leave
            when 'EXITWITHKEY' then coalesce(try_cast(leave_detail_4 as double), try_cast(leave_detail_3 as double))
            when 'SYSCOMPAT' then null
            else try_cast(leave_detail_3 as double)
        end as leave_wait_s,
        transfers, attempts, caller, wrapup_s, status
    from told
    where each_once
),
knotty as (
    select contact_id, queue
    from told
    where not each_once
),
line as (
    select
        events.contact_id, events.queue, agent, events.event, event_at, native_id, detail, detail_2, kind,
        case
            when kind in ('connect', 'complete') then try_cast(detail as double)
            when events.event = 'EXITWITHKEY' then coalesce(try_cast(detail_4 as double), try_cast(detail_3 as double))
            when events.event <> 'SYSCOMPAT' and kind in ('exit', 'transfer') then try_cast(detail_3 as double)
        end as waited_s,
        case kind when 'complete' then try_cast(detail_2 as double) when 'transfer' then try_cast(detail_4 as double) end as talked_s,
        case when kind = 'connect' then try_cast(detail_3 as double) end as rang_s
    from events
    join knotty on knotty.contact_id = events.contact_id and knotty.queue is not distinct from events.queue
    join kind_of on kind_of.event = events.event
),
known as (
    select *, count(*) filter (where kind = 'enter') over earlier as entered_before
    from line
    window earlier as (partition by contact_id, queue order by event_at range between unbounded preceding and interval 1 microsecond preceding)
),
placed as (
    select
        *,
        count(*) filter (where kind = 'enter') over (
            partition by contact_id, queue
            order by
                event_at,
                case
                    when kind = 'enter' then 1
                    when entered_before > 0 and coalesce(waited_s, 0) + coalesce(talked_s, 0) >= 2 then 0
                    else 2
                end,
                case kind when 'ring' then 1 when 'connect' then 2 when 'transfer' then 3 when 'complete' then 4 when 'exit' then 5 else 6 end,
                native_id
            rows unbounded preceding
        ) as visit
    from known
),
visit as (
    select
        contact_id,
        queue,
        visit,
        min(event_at) filter (where kind = 'enter') as entered_at,
        min(event_at) filter (where kind = 'connect') as connected_at,
        arg_min(agent, event_at) filter (where kind = 'connect') as connected_agent,
        arg_min(waited_s, event_at) filter (where kind = 'connect') as connect_wait_s,
        arg_min(rang_s, event_at) filter (where kind = 'connect') as rang_s,
        max(event_at) filter (where kind in ('transfer', 'complete')) as finished_at,
        arg_max(event, event_at) filter (where kind in ('transfer', 'complete')) as finish,
        arg_max(agent, event_at) filter (where kind in ('transfer', 'complete')) as finish_agent,
        arg_max(talked_s, event_at) filter (where kind in ('transfer', 'complete')) as talked_s,
        arg_max(waited_s, event_at) filter (where kind in ('transfer', 'complete')) as finish_wait_s,
        min(event_at) filter (where kind = 'exit') as left_at,
        arg_min(event, event_at) filter (where kind = 'exit') as leave,
        arg_min(detail, event_at) filter (where kind = 'exit') as leave_detail,
        arg_min(waited_s, event_at) filter (where kind = 'exit') as leave_wait_s,
        count(*) filter (where kind = 'transfer') as transfers,
        count(*) filter (where kind in ('ring', 'connect')) as attempts,
        max(detail_2) filter (where kind = 'enter') as caller,
        max(try_cast(detail as double)) filter (where kind = 'wrapup') as wrapup_s,
        max(detail) filter (where kind = 'status') as status
    from placed
    group by contact_id, queue, visit
),
sane as (
    -- A negative wait or talk is a damaged line: as if the line had not said it.
    select
        * replace (
            case when finished_at >= coalesce(connected_at, finished_at) then finished_at end as finished_at,
            case when talked_s >= 0 then talked_s end as talked_s,
            case when wrapup_s >= 0 then wrapup_s end as wrapup_s,
            case when rang_s >= 0 then rang_s end as rang_s
        ),
        case
            when coalesce(connect_wait_s, finish_wait_s, leave_wait_s) >= 0 then coalesce(connect_wait_s, finish_wait_s, leave_wait_s)
        end as waited_s,
        connected_at is not null or finished_at is not null as was_answered
    from (select * from plain union all select * exclude (visit) from visit)
    where entered_at is not null or connected_at is not null or finished_at is not null or left_at is not null
),
timed as (
    select
        *,
        case when was_answered then coalesce(connected_at, finished_at - to_microseconds(cast(round(coalesce(talked_s, 0) * 1e6) as bigint))) end
            as answered_at
    from sane
),
leg as (
    select
        contact_id,
        queue,
        coalesce(
            entered_at,
            coalesce(answered_at, left_at) - to_microseconds(cast(round(coalesce(waited_s, 0) * 1e6) as bigint))
        ) as offered_at,
        answered_at,
        coalesce(finished_at, case when not was_answered then left_at end) as ended_at,
        case when was_answered then coalesce(connected_agent, finish_agent) end as agent,
        case
            when was_answered then 'answered'
            when leave = 'ABANDON' then 'abandoned'
            when leave = 'EXITWITHKEY' then 'overflow'
            when leave is not null then 'forced'
        end as outcome,
        case
            when was_answered then coalesce(finish, 'orphan_connect')
            when leave = 'EXITWITHKEY' then leave || ':' || coalesce(leave_detail, '')
            when leave is not null then leave
            else 'orphan_enter'
        end || case when entered_at is null then ' (orphan_end)' else '' end as end_reason,
        coalesce(waited_s, epoch(coalesce(answered_at, left_at) - entered_at)) as wait_s,
        case when was_answered then rang_s end as ring_s,
        case when was_answered then coalesce(talked_s, epoch(finished_at - connected_at)) end as talk_s,
        case when was_answered then wrapup_s end as acw_s,
        case when was_answered then transfers end as transfers,
        attempts,
        caller,
        status
    from timed
    union all
    select
        contact_id, queue, event_at, null, event_at, null,
        case event when 'FULL' then 'busy' when 'CLOSED' then 'closed' when 'JOINEMPTY' then 'forced' else 'overflow' end,
        event, null, null, null, null, null, 0, null, null
    from events
    where (event in ('JOINEMPTY', 'FULL', 'CLOSED') or starts_with(event, 'DIVERT_')) and not starts_with(contact_id, 'agent/')
),
repeated as (
    select contact_id from leg group by contact_id having count(*) > 1
),
numbered as (
    select *, 1 as number, 1 as legs, caller as call_caller
    from leg
    anti join repeated on repeated.contact_id = leg.contact_id
    union all
    select
        *,
        row_number() over (chain order by offered_at, ended_at nulls last, queue, end_reason) as number,
        count(*) over (partition by contact_id) as legs,
        max(caller) over (partition by contact_id) as call_caller
    from leg
    semi join repeated on repeated.contact_id = leg.contact_id
    window chain as (partition by contact_id)
),
caller as (
    -- Withheld numbers are no customer: as keys they would make strangers repeat callers of one another.
    select * replace (case
        when lower(trim(call_caller)) in ('', 'anonymous', 'unknown', '<unknown>', 'unavailable', 'restricted', 'private', 'asterisk', 'none', 's') then null
        else trim(call_caller)
    end as call_caller)
    from numbered
)
select
    contact_id as _group,
    contact_id || case when number > 1 then '#' || number else '' end as native_id,
    'voice' as channel,
    'inbound' as direction,
    queue,
    agent,
    status as category,
    outcome,
    end_reason,
    call_caller as contact_point,
    case
        when regexp_full_match(call_caller, '[0-9+() -]+') then regexp_replace(regexp_replace(call_caller, '[() -]', '', 'g'), '^\+81', '0')
        else call_caller
    end as customer_key,
    case when legs > 1 then contact_id end as initial_id,
    case when number = 2 then contact_id when number > 2 then contact_id || '#' || (number - 1) end as previous_id,
    offered_at,
    answered_at,
    ended_at,
    wait_s,
    ring_s,
    talk_s,
    acw_s,
    transfers,
    attempts
from caller

-- Agents' time from the log. Every known interval (talk, wrap-up, ring, pause, login) becomes a +1 and a -1 on the agent's time line; a running sum says what
-- was going on between two instants, and the strongest state wins: talk > acw > ring > paused > available (logged in, nothing else). So states never overlap,
-- whatever the log repeats or loses. `login` is told beside them, as one interval from login to logoff over all queues.
-- An interval whose end is not in the log (yet) is not invented: it appears when the line with its end is loaded.
with line as (
    select
        agent, event, event_at, queue, contact_id, native_id, detail,
        try_cast(detail as double) as p1, try_cast(detail_2 as double) as p2, try_cast(detail_3 as double) as p3, try_cast(detail_4 as double) as p4
    from events
    where agent is not null
),
call as (
    select
        *,
        case when event = 'CONNECT' then 1 else 2 end as step,
        case
            when event in ('COMPLETEAGENT', 'COMPLETECALLER') then p2
            when event in ('TRANSFER', 'BLINDTRANSFER', 'ATTENDEDTRANSFER') then p4
        end as talked_s
    from line
    where event in ('CONNECT', 'COMPLETEAGENT', 'COMPLETECALLER', 'TRANSFER', 'BLINDTRANSFER', 'ATTENDEDTRANSFER')
),
paired as (
    select
        *,
        lag(event) over conversation as event_before,
        lag(event_at) over conversation as at_before
    from call
    window conversation as (partition by agent, contact_id order by event_at, step, talked_s, queue)
),
talk as (
    select agent, 'talk' as state, queue, cast(null as varchar) as reason,
        case when event_before = 'CONNECT' then at_before else event_at - to_microseconds(cast(round(talked_s * 1e6) as bigint)) end as start_at,
        event_at as end_at
    from paired
    where step = 2 and (event_before = 'CONNECT' or talked_s > 0)
),
acw as (
    select agent, 'acw', queue, null, event_at, event_at + to_microseconds(cast(round(p1 * 1e6) as bigint))
    from line
    where event = 'WRAPUPSTART' and p1 > 0 and p1 <= 86400
),
ring as (
    select agent, 'ring', queue, null,
        event_at - to_microseconds(cast(round(case when event = 'CONNECT' then p3 * 1e6 else p1 * 1e3 end) as bigint)), event_at
    from line
    where (event = 'CONNECT' and p3 > 0 and p3 <= 3600) or (event in ('RINGNOANSWER', 'RINGCANCELED') and p1 > 0 and p1 <= 3600000)
),
-- Pauses. The key is the queue, '*' for all queues. A line that ends all pauses ends each key.
pause_key as (
    select distinct agent, case when event = 'PAUSEALL' then '*' else coalesce(queue, '*') end as key
    from line
    where event in ('PAUSE', 'PAUSEALL')
),
pause_line as (
    select agent, case when event = 'PAUSEALL' then '*' else coalesce(queue, '*') end as key, event_at, 1 as opens, 0 as closes, detail as reason
    from line
    where event in ('PAUSE', 'PAUSEALL')
    union all
    select line.agent, pause_key.key, line.event_at, 0, 1, null
    from line
    join pause_key
        on pause_key.agent = line.agent
        and (
            line.event in ('UNPAUSEALL', 'AGENTLOGOFF', 'AGENTCALLBACKLOGOFF')
            or (line.event = 'UNPAUSE' and (pause_key.key = '*' or line.queue is null or pause_key.key = line.queue))
            or (line.event = 'REMOVEMEMBER' and pause_key.key = line.queue)
        )
),
pause_instant as (
    -- Ended and begun in one second: what was before goes on, under the new reason.
    select agent, key, event_at, max(reason) as reason, case when max(opens) = max(closes) then null else max(opens) = 1 end as on_after
    from pause_line
    group by agent, key, event_at
),
pause_run as (
    select
        *,
        last_value(on_after ignore nulls) over (partition by agent, key order by event_at rows unbounded preceding) as is_on,
        lead(event_at) over (partition by agent, key order by event_at) as next_at
    from pause_instant
),
pause as (
    select agent, 'paused', case when key = '*' then null else key end, reason, event_at, next_at
    from pause_run
    where is_on and next_at is not null
),
-- Logins. AGENTLOGOFF and AGENTCALLBACKLOGOFF say how long the agent had been in; membership is per queue.
login_line as (
    select agent, '*' as key, event_at, event in ('AGENTLOGIN', 'AGENTCALLBACKLOGIN') as opens, p2 as lasted_s
    from line
    where event in ('AGENTLOGIN', 'AGENTCALLBACKLOGIN', 'AGENTLOGOFF', 'AGENTCALLBACKLOGOFF')
    union all
    select agent, 'queue ' || coalesce(queue, ''), event_at, event = 'ADDMEMBER', null
    from line
    where event in ('ADDMEMBER', 'REMOVEMEMBER')
),
login_run as (
    select
        *,
        max(event_at) filter (where opens) over before as last_in,
        max(event_at) filter (where not opens) over before as last_out
    from login_line
    window before as (partition by agent, key order by event_at, opens rows between unbounded preceding and 1 preceding)
),
login_end as (
    select
        agent,
        event_at as end_at,
        last_out,
        case when last_in >= coalesce(last_out, last_in) then last_in end as last_in,
        event_at - to_microseconds(cast(round(lasted_s * 1e6) as bigint)) as told_at
    from login_run
    where not opens
),
login as (
    -- The login line and the logoff line should agree; where they do not (a logoff was lost before), the logoff line knows.
    select agent, 'login', null, null,
        case
            when told_at is null or abs(epoch(told_at - last_in)) <= 2 then last_in
            else greatest(told_at, coalesce(last_out, told_at))
        end as start_at,
        end_at
    from login_end
),
span as (
    select * from talk
    union all select * from acw
    union all select * from ring
    union all select * from pause
    union all select * from login
),
-- Agents, queues and reasons travel as numbers, in the order of their names: what has no name is 0.
who as (
    select agent, row_number() over (order by agent) as id from (select distinct agent from span)
),
word as (
    select name, row_number() over (order by name) as code
    from (select distinct queue as name from span union select distinct reason from span)
    where name <> ''
),
-- All five counts travel in one integer, twelve bits each: one running sum instead of five.
weighted as (
    select
        who.id, start_at, end_at, state,
        coalesce(case when state = 'paused' then reasons.code else queues.code end, 0) as code,
        case state when 'talk' then 1 when 'acw' then 4096 when 'ring' then 16777216 when 'paused' then 68719476736 else 281474976710656 end as weight
    from span
    join who on who.agent = span.agent
    left join word as queues on queues.name = span.queue
    left join word as reasons on reasons.name = span.reason
    where start_at < end_at
),
point as (
    select
        id, start_at as moment, weight as step,
        case when weight <= 4096 then code end as busy, case when weight = 16777216 then code end as ring, case when weight = 68719476736 then code end as paused
    from weighted
    union all
    select id, end_at, -weight, null, null, null from weighted
),
instant as (
    select id, moment, cast(sum(step) as bigint) as step, max(busy) as busy, max(ring) as ring, max(paused) as paused
    from point
    group by id, moment
),
-- One line for all agents: of each the counts end at nothing, so what goes on for one never reaches into the next. (A partition for each costs twice as much.)
running as (
    select
        id,
        moment,
        cast(sum(step) over line as bigint) as total,
        last_value(busy ignore nulls) over line as busy,
        last_value(ring ignore nulls) over line as ring,
        last_value(paused ignore nulls) over line as paused
    from instant
    window line as (order by id, moment rows unbounded preceding)
),
-- What is going on: the state, and the queue or the reason that goes with it.
named as (
    select
        id,
        moment,
        case
            when total % 4096 > 0 then 1
            when total // 4096 % 4096 > 0 then 2
            when total // 16777216 % 4096 > 0 then 3
            when total // 68719476736 % 4096 > 0 then 4
            when total > 0 then 5
            else 0
        end as state,
        case when total % 16777216 > 0 then busy when total % 68719476736 > 0 then ring when total % 281474976710656 > 0 then paused else 0 end as code,
        total >= 281474976710656 as logged_in
    from running
),
-- Only where something changes does a new interval begin; the next change ends it.
compared as (
    select *,
        state <> lag(state, 1, 0) over line or code <> lag(code, 1, 0) over line as changed,
        logged_in <> lag(logged_in, 1, false) over line as came_or_went
    from named
    window line as (partition by id order by moment)
),
interval as (
    select id, state, code, moment as start_at, lead(moment) over (partition by id order by moment) as end_at
    from compared
    where changed
    union all
    select id, case when logged_in then 6 else 0 end, 0, moment, lead(moment) over (partition by id order by moment)
    from compared
    where came_or_went
),
told as (
    select
        agent, ['talk', 'acw', 'ring', 'paused', 'available', 'login'][state] as state,
        case when state <= 3 then name end as queue, case when state = 4 then name end as reason, start_at, end_at
    from interval
    join who on who.id = interval.id
    left join word on word.code = interval.code
    where state > 0 and end_at is not null
)
select
    agent as _group,
    agent || '/' || state || '/' || epoch_us(start_at) as native_id,
    'voice' as channel,
    queue,
    agent,
    state,
    reason,
    start_at,
    end_at
from told

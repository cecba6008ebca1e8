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
    window conversation as (partition by agent, contact_id order by event_at, step, native_id)
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
point as (
    select agent, start_at as moment, state, 1 as step, reason, queue from span where start_at < end_at
    union all
    select agent, end_at, state, -1, null, null from span where start_at < end_at
),
instant as (
    select
        agent,
        moment,
        sum(step) filter (where state = 'talk') as talk,
        sum(step) filter (where state = 'acw') as acw,
        sum(step) filter (where state = 'ring') as ring,
        sum(step) filter (where state = 'paused') as paused,
        sum(step) filter (where state = 'login') as login,
        max(queue) filter (where state = 'talk' and step = 1) as talk_queue,
        max(queue) filter (where state = 'acw' and step = 1) as acw_queue,
        max(queue) filter (where state = 'ring' and step = 1) as ring_queue,
        max(coalesce(reason, '')) filter (where state = 'paused' and step = 1) as reason
    from point
    group by agent, moment
),
running as (
    select
        agent,
        moment as start_at,
        lead(moment) over line as end_at,
        sum(talk) over line as talk,
        sum(acw) over line as acw,
        sum(ring) over line as ring,
        sum(paused) over line as paused,
        sum(login) over line as login,
        last_value(talk_queue ignore nulls) over line as talk_queue,
        last_value(acw_queue ignore nulls) over line as acw_queue,
        last_value(ring_queue ignore nulls) over line as ring_queue,
        nullif(last_value(reason ignore nulls) over line, '') as reason
    from instant
    window line as (partition by agent order by moment)
),
named as (
    select
        agent,
        'state' as lane,
        start_at,
        end_at,
        case when talk > 0 then 'talk' when acw > 0 then 'acw' when ring > 0 then 'ring' when paused > 0 then 'paused' when login > 0 then 'available' end
            as state,
        case when talk > 0 then talk_queue when acw > 0 then acw_queue when ring > 0 then ring_queue end as queue,
        case when coalesce(talk, 0) <= 0 and coalesce(acw, 0) <= 0 and coalesce(ring, 0) <= 0 and paused > 0 then reason end as reason
    from running
    where end_at is not null
    union all
    select agent, 'login', start_at, end_at, case when login > 0 then 'login' end, null, null
    from running
    where end_at is not null
),
marked as (
    select
        *,
        state is distinct from lag(state) over piece
            or queue is distinct from lag(queue) over piece
            or reason is distinct from lag(reason) over piece as begins
    from named
    window piece as (partition by agent, lane order by start_at)
),
numbered as (
    select *, count(*) filter (where begins) over (partition by agent, lane order by start_at) as number
    from marked
)
select
    agent as _group,
    agent || '/' || state || '/' || epoch_us(min(start_at)) as native_id,
    'voice' as channel,
    any_value(queue) as queue,
    agent,
    state,
    any_value(reason) as reason,
    min(start_at) as start_at,
    max(end_at) as end_at
from numbered
where state is not null
group by agent, lane, state, number

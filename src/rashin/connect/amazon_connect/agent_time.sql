-- Agents' time from the event stream: each event is the agent's whole state until his next event.
-- A contact in hand is stronger than the chosen status. A span that ends in LOGIN has no known end (the logout was lost) and is left out; so is the last one.
with event as (
    select
        agent, team, event, event_at, native_id, queue, channel, detail as status, detail_2 as status_kind, detail_3 as contact_state, detail_5 as method
    from events
    where agent is not null and event in ('LOGIN', 'LOGOUT', 'STATE_CHANGE')
),
span as (
    select
        *,
        lead(event_at) over line as next_at,
        lead(event) over line as next_event
    from event
    window line as (
        partition by agent
        order by event_at, case event when 'LOGIN' then 1 when 'STATE_CHANGE' then 2 else 3 end, native_id
    )
),
named as (
    select
        agent, team, event_at as start_at, next_at as end_at, channel,
        'state' as lane,
        case
            when event = 'LOGOUT' then null
            when contact_state = 'CONNECTED' then case when coalesce(channel, 'voice') = 'voice' then 'talk' else 'on_contact' end
            when contact_state = 'CONNECTED_ONHOLD' then 'hold'
            when contact_state = 'ENDED' then 'acw'
            when contact_state in ('CONNECTING', 'INCOMING', 'PENDING') then
                case when method in ('OUTBOUND', 'EXTERNAL_OUTBOUND') then 'dial' else 'ring' end
            when contact_state in ('MISSED', 'ERROR', 'REJECTED') then 'paused'
            when status_kind = 'ROUTABLE' then 'available'
            when status_kind = 'CUSTOM' then 'paused'
        end as state,
        case
            when contact_state in ('MISSED', 'ERROR', 'REJECTED') then lower(contact_state)
            when contact_state is null and status_kind = 'CUSTOM' then status
        end as reason,
        case when contact_state is not null then queue end as queue
    from span
    where next_at > event_at and next_event <> 'LOGIN'
    union all
    select
        agent, team, event_at, next_at, null, 'login',
        case when event <> 'LOGOUT' and coalesce(status_kind, '') <> 'OFFLINE' then 'login' end,
        null, null
    from span
    where next_at > event_at and next_event <> 'LOGIN'
),
marked as (
    select
        *,
        state is distinct from lag(state) over piece
            or reason is distinct from lag(reason) over piece
            or queue is distinct from lag(queue) over piece
            or channel is distinct from lag(channel) over piece
            or start_at is distinct from lag(end_at) over piece as begins
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
    any_value(channel) as channel,
    any_value(queue) as queue,
    any_value(team) as team,
    agent,
    state,
    any_value(reason) as reason,
    min(start_at) as start_at,
    max(end_at) as end_at
from numbered
where state is not null
group by agent, lane, state, number

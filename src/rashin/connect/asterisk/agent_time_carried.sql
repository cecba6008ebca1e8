-- What may have begun before the cut and end after it: the last login, membership and pause of each kind and queue, wrap-up of the last day, and the
-- CONNECT of a call whose end has come without it. A pause that was ended and begun in one second is carried as begun: rather too much than too little.
with own as (
    select *, event in ('PAUSE', 'PAUSEALL') as begins_pause
    from earlier
    where event in (
        'PAUSE', 'PAUSEALL', 'UNPAUSE', 'UNPAUSEALL', 'ADDMEMBER', 'REMOVEMEMBER', 'AGENTLOGIN', 'AGENTLOGOFF', 'AGENTCALLBACKLOGIN', 'AGENTCALLBACKLOGOFF'
    )
),
told as (
    select *,
        bool_or(begins_pause) over (partition by agent, event_at)
            and event in ('UNPAUSE', 'UNPAUSEALL', 'REMOVEMEMBER', 'AGENTLOGOFF', 'AGENTCALLBACKLOGOFF') as undone
    from own
),
last_of_kind as (
    select * from told
    where not undone
    qualify event_at = max(event_at) over (partition by agent, event, queue)
),
ended as (
    select agent, contact_id
    from later
    where event in ('CONNECT', 'COMPLETEAGENT', 'COMPLETECALLER', 'TRANSFER', 'BLINDTRANSFER', 'ATTENDEDTRANSFER')
    group by all
    having arg_min(event, (event_at, event <> 'CONNECT')) <> 'CONNECT'
)
select * exclude (begins_pause, undone) from last_of_kind
union all
select * from earlier where event = 'WRAPUPSTART' and event_at >= cut - interval 25 hours
union all
select earlier.* from earlier join ended on ended.agent = earlier.agent and ended.contact_id = earlier.contact_id
where earlier.event = 'CONNECT'

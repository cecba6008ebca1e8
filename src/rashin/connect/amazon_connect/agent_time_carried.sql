-- Each event is the agent's whole state until his next event: what was before the cut is in the last one.
select * from earlier
where event in ('LOGIN', 'LOGOUT', 'STATE_CHANGE')
qualify event_at = max(event_at) over (partition by agent)

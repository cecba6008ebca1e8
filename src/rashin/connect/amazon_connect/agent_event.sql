-- What an agent event says: the agent's status, and the contact that matters most at that instant. Relation `raw`: columns as text, `contacts` as JSON.
with read as (
    select
        * exclude (contacts),
        json_transform(
            coalesce(contacts, '[]'),
            '[{"ContactId":"VARCHAR","Channel":"VARCHAR","State":"VARCHAR","InitiationMethod":"VARCHAR","Queue":{"Name":"VARCHAR"}}]'
        ) as contacts
    from raw
),
ranked as (
    select
        *,
        list_sort(list_transform(contacts, lambda c: {
            'rank': case upper(c.State)
                when 'CONNECTED' then 1 when 'CONNECTED_ONHOLD' then 2 when 'ENDED' then 3 when 'CONNECTING' then 4 when 'INCOMING' then 4 when 'PENDING' then 4
                when 'MISSED' then 5 when 'ERROR' then 5 when 'REJECTED' then 5 else 6
            end,
            'state': upper(c.State),
            'channel': upper(c.Channel),
            'queue': coalesce(c.Queue.Name, ''),
            'method': coalesce(c.InitiationMethod, ''),
            'id': coalesce(c.ContactId, '')
        }))[1] as top
    from read
)
select
    * exclude (contacts, top, username, arn, level1, level2, level3, level4, level5),
    coalesce(username, regexp_extract(arn, '[^/]+$')) as agent,
    'agent/' || coalesce(username, regexp_extract(arn, '[^/]+$')) as contact_id,
    coalesce(level5, level4, level3, level2, level1) as team,
    case
        when status_type is not null then upper(status_type)
        when lower(status) = 'available' then 'ROUTABLE'
        when lower(status) = 'offline' then 'OFFLINE'
        when status is not null then 'CUSTOM'
    end as status_kind,
    top.state as contact_state,
    top.channel as contact_channel,
    nullif(top.queue, '') as contact_queue,
    nullif(top.method, '') as contact_method,
    nullif(top.id, '') as top_contact
from ranked

-- What a contact record means. Relation `raw`: the columns taken out of the records, all text.
-- method: how the contact began. A voice contact that began by API was dialled; a chat, task or mail that began by API came from the customer.
with read as (
    select
        *,
        upper("InitiationMethod") as method,
        coalesce(upper("Channel"), 'VOICE') as medium,
        "Agent.ConnectedToAgentTimestamp" is not null as agent_connected,
        "Queue.EnqueueTimestamp" is not null as queued
    from raw
),
directed as (
    select
        *,
        case
            when method in ('OUTBOUND', 'EXTERNAL_OUTBOUND', 'CALLBACK', 'AGENT_REPLY') then 'outbound'
            when method = 'API' and medium = 'VOICE' then 'outbound'
            when method in ('INBOUND', 'TRANSFER', 'QUEUE_TRANSFER', 'DISCONNECT', 'API', 'WEBRTC_API', 'FLOW') then 'inbound'
            else method
        end as _direction
    from read
)
select
    * exclude (method, medium, agent_connected, queued),
    case
        when method = 'MONITOR' then 'monitor'
        when _direction = 'inbound' and not queued and not agent_connected then 'not_queued'
        else 'contact'
    end as _kind,
    case when _direction = 'inbound' then coalesce("Queue.EnqueueTimestamp", "InitiationTimestamp") else "InitiationTimestamp" end as _offered,
    case when _direction = 'outbound' then "ConnectedToSystemTimestamp" else "Agent.ConnectedToAgentTimestamp" end as _answered,
    case
        when _direction = 'outbound' then case
            when "ConnectedToSystemTimestamp" is not null and agent_connected then 'answered'
            when "ConnectedToSystemTimestamp" is not null and "DisconnectTimestamp" is not null then 'abandoned'
            when "DisconnectTimestamp" is not null then 'unreached'
        end
        when agent_connected then 'answered'
        when "NextContactId" is not null or "TransferredToEndpoint.Address" is not null then 'overflow'
        when "DisconnectTimestamp" is null then null
        when "DisconnectReason" is null or "DisconnectReason" = 'CUSTOMER_DISCONNECT' then 'abandoned'
        else 'forced'
    end as _outcome,
    case
        when "DisconnectReason" is not null then "DisconnectReason"
        when "NextContactId" is not null and not agent_connected then 'NEXT_CONTACT'
    end as _end_reason,
    case when _direction = 'outbound' then cast("ConnectedToSystemTimestamp" is not null as varchar) end as _reached,
    case
        when _direction = 'outbound'
            then cast(epoch(try_cast("ConnectedToSystemTimestamp" as timestamptz) - try_cast("InitiationTimestamp" as timestamptz)) as varchar)
    end as _dial_s,
    case when agent_connected then cast(cast("NextContactId" is not null or "TransferCompletedTimestamp" is not null as integer) as varchar) end as _transfers,
    case when method = 'CALLBACK' then 'true' end as _promised_callback,
    -- The same caller as telephone systems in Japan write him, so that repeat contacts are seen over both.
    regexp_replace("CustomerEndpoint.Address", '^\+81', '0') as _customer,
    coalesce(
        "Agent.HierarchyGroups.Level5.GroupName", "Agent.HierarchyGroups.Level4.GroupName", "Agent.HierarchyGroups.Level3.GroupName",
        "Agent.HierarchyGroups.Level2.GroupName", "Agent.HierarchyGroups.Level1.GroupName"
    ) as _team
from directed

-- Who the customer of a conversation is.
select
    'member/' || conversation_id || '/' || contact_id as key, conversation_id as contact_id, 'member' as event,
    conversation_updated_at as event_at, conversation_updated_at as revision,
    null as via, null as queue, null as agent,
    contact_id as detail, null as detail_2, null as detail_3, null as detail_4, null as detail_5,
    _line
from raw

"""Which values of a contact record and of an agent event are read: column name → where it lies in the record. Everything else is passed over."""

from __future__ import annotations

_CONTACT = (
    "ContactId",
    "InitialContactId",
    "PreviousContactId",
    "NextContactId",
    "RelatedContactId",
    "Channel",
    "InitiationMethod",
    "InitiationTimestamp",
    "ConnectedToSystemTimestamp",
    "DisconnectTimestamp",
    "DisconnectReason",
    "LastUpdateTimestamp",
    "TransferCompletedTimestamp",
    "AgentConnectionAttempts",
    "CustomerEndpoint.Address",
    "SystemEndpoint.Address",
    "TransferredToEndpoint.Address",
    "Queue.Name",
    "Queue.EnqueueTimestamp",
    "Queue.DequeueTimestamp",
    "Queue.Duration",
    "Agent.Username",
    "Agent.RoutingProfile.Name",
    "Agent.ConnectedToAgentTimestamp",
    "Agent.AgentInteractionDuration",
    "Agent.CustomerHoldDuration",
    "Agent.NumberOfHolds",
    "Agent.LongestHoldDuration",
    "Agent.AfterContactWorkDuration",
    *(f"Agent.HierarchyGroups.Level{level}.GroupName" for level in range(1, 6)),
)

#: Columns of the contact stream, named as in the record.
CONTACT_PATHS = {path: path for path in _CONTACT} | {"Attributes": "Attributes"}

_NOW = "CurrentAgentSnapshot"
AGENT_EVENT_PATHS = {
    "event_id": "EventId",
    "event_type": "EventType",
    "event_time": "EventTimestamp",
    "arn": "AgentARN",
    "username": f"{_NOW}.Configuration.Username",
    **{f"level{level}": f"{_NOW}.Configuration.AgentHierarchyGroups.Level{level}.Name" for level in range(1, 6)},
    "status": f"{_NOW}.AgentStatus.Name",
    "status_type": f"{_NOW}.AgentStatus.Type",
    "contacts": f"{_NOW}.Contacts",
}

#: Contact attributes read without being asked for; `attributes = ["…"]` under [table] adds more, as columns named "Attributes.<key>".
ATTRIBUTES = ("category",)

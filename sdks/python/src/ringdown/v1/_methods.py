# Generated from the contract by sdks/python/generate. Do not edit.
"""The RPCs of the contract, and which of them are safe to retry."""

from ringdown import v1
from ringdown._method import Method

CREATE_ACCESS_KEY = Method(
    "/ringdown.v1.AccessKeyService/CreateAccessKey",
    v1.CreateAccessKeyRequest,
    v1.CreateAccessKeyResponse,
    safe=True,
)
GET_ACCESS_KEY = Method(
    "/ringdown.v1.AccessKeyService/GetAccessKey", v1.GetAccessKeyRequest, v1.GetAccessKeyResponse, safe=True
)
LIST_ACCESS_KEYS = Method(
    "/ringdown.v1.AccessKeyService/ListAccessKeys",
    v1.ListAccessKeysRequest,
    v1.ListAccessKeysResponse,
    safe=True,
)
UPDATE_ACCESS_KEY = Method(
    "/ringdown.v1.AccessKeyService/UpdateAccessKey",
    v1.UpdateAccessKeyRequest,
    v1.UpdateAccessKeyResponse,
    safe=False,
)
DELETE_ACCESS_KEY = Method(
    "/ringdown.v1.AccessKeyService/DeleteAccessKey",
    v1.DeleteAccessKeyRequest,
    v1.DeleteAccessKeyResponse,
    safe=False,
)
LIST_ACTION_TYPES = Method(
    "/ringdown.v1.ActionService/ListActionTypes",
    v1.ListActionTypesRequest,
    v1.ListActionTypesResponse,
    safe=True,
)
CREATE_ACTIVEFLOW = Method(
    "/ringdown.v1.ActiveflowService/CreateActiveflow",
    v1.CreateActiveflowRequest,
    v1.CreateActiveflowResponse,
    safe=True,
)
GET_ACTIVEFLOW = Method(
    "/ringdown.v1.ActiveflowService/GetActiveflow",
    v1.GetActiveflowRequest,
    v1.GetActiveflowResponse,
    safe=True,
)
LIST_ACTIVEFLOWS = Method(
    "/ringdown.v1.ActiveflowService/ListActiveflows",
    v1.ListActiveflowsRequest,
    v1.ListActiveflowsResponse,
    safe=True,
)
DELETE_ACTIVEFLOW = Method(
    "/ringdown.v1.ActiveflowService/DeleteActiveflow",
    v1.DeleteActiveflowRequest,
    v1.DeleteActiveflowResponse,
    safe=False,
)
STOP_ACTIVEFLOW = Method(
    "/ringdown.v1.ActiveflowService/StopActiveflow",
    v1.StopActiveflowRequest,
    v1.StopActiveflowResponse,
    safe=True,
)
CONTINUE_ACTIVEFLOW = Method(
    "/ringdown.v1.ActiveflowService/ContinueActiveflow",
    v1.ContinueActiveflowRequest,
    v1.ContinueActiveflowResponse,
    safe=True,
)
PUSH_ACTIONS = Method(
    "/ringdown.v1.ActiveflowService/PushActions", v1.PushActionsRequest, v1.PushActionsResponse, safe=True
)
GET_VARIABLES = Method(
    "/ringdown.v1.ActiveflowService/GetVariables", v1.GetVariablesRequest, v1.GetVariablesResponse, safe=True
)
SET_VARIABLES = Method(
    "/ringdown.v1.ActiveflowService/SetVariables", v1.SetVariablesRequest, v1.SetVariablesResponse, safe=False
)
LIST_ACTIVEFLOW_EVENTS = Method(
    "/ringdown.v1.ActiveflowService/ListActiveflowEvents",
    v1.ListActiveflowEventsRequest,
    v1.ListActiveflowEventsResponse,
    safe=True,
)
WATCH_ACTIVEFLOWS = Method(
    "/ringdown.v1.ActiveflowService/WatchActiveflows",
    v1.WatchActiveflowsRequest,
    v1.WatchActiveflowsResponse,
    safe=True,
)
CREATE_CALLS = Method(
    "/ringdown.v1.CallService/CreateCalls", v1.CreateCallsRequest, v1.CreateCallsResponse, safe=True
)
GET_CALL = Method("/ringdown.v1.CallService/GetCall", v1.GetCallRequest, v1.GetCallResponse, safe=True)
LIST_CALLS = Method(
    "/ringdown.v1.CallService/ListCalls", v1.ListCallsRequest, v1.ListCallsResponse, safe=True
)
DELETE_CALL = Method(
    "/ringdown.v1.CallService/DeleteCall", v1.DeleteCallRequest, v1.DeleteCallResponse, safe=False
)
HANGUP_CALL = Method(
    "/ringdown.v1.CallService/HangupCall", v1.HangupCallRequest, v1.HangupCallResponse, safe=True
)
TALK_CALL = Method("/ringdown.v1.CallService/TalkCall", v1.TalkCallRequest, v1.TalkCallResponse, safe=True)
HOLD_CALL = Method("/ringdown.v1.CallService/HoldCall", v1.HoldCallRequest, v1.HoldCallResponse, safe=True)
UNHOLD_CALL = Method(
    "/ringdown.v1.CallService/UnholdCall", v1.UnholdCallRequest, v1.UnholdCallResponse, safe=False
)
MUTE_CALL = Method("/ringdown.v1.CallService/MuteCall", v1.MuteCallRequest, v1.MuteCallResponse, safe=True)
UNMUTE_CALL = Method(
    "/ringdown.v1.CallService/UnmuteCall", v1.UnmuteCallRequest, v1.UnmuteCallResponse, safe=False
)
SEND_DIGITS = Method(
    "/ringdown.v1.CallService/SendDigits", v1.SendDigitsRequest, v1.SendDigitsResponse, safe=True
)
START_RECORDING = Method(
    "/ringdown.v1.CallService/StartRecording", v1.StartRecordingRequest, v1.StartRecordingResponse, safe=True
)
STOP_RECORDING = Method(
    "/ringdown.v1.CallService/StopRecording", v1.StopRecordingRequest, v1.StopRecordingResponse, safe=True
)
WATCH_CALLS = Method(
    "/ringdown.v1.CallService/WatchCalls", v1.WatchCallsRequest, v1.WatchCallsResponse, safe=True
)
GET_CALL_TRACE = Method(
    "/ringdown.v1.CallService/GetCallTrace", v1.GetCallTraceRequest, v1.GetCallTraceResponse, safe=True
)
GET_CALL_PCAP = Method(
    "/ringdown.v1.CallService/GetCallPcap", v1.GetCallPcapRequest, v1.GetCallPcapResponse, safe=True
)
GET_CUSTOMER = Method(
    "/ringdown.v1.CustomerService/GetCustomer", v1.GetCustomerRequest, v1.GetCustomerResponse, safe=True
)
UPDATE_CUSTOMER = Method(
    "/ringdown.v1.CustomerService/UpdateCustomer",
    v1.UpdateCustomerRequest,
    v1.UpdateCustomerResponse,
    safe=False,
)
LIST_CUSTOMERS = Method(
    "/ringdown.v1.CustomerService/ListCustomers", v1.ListCustomersRequest, v1.ListCustomersResponse, safe=True
)
CREATE_CUSTOMER = Method(
    "/ringdown.v1.CustomerService/CreateCustomer",
    v1.CreateCustomerRequest,
    v1.CreateCustomerResponse,
    safe=True,
)
GET_CUSTOMER_USE = Method(
    "/ringdown.v1.CustomerService/GetCustomerUse",
    v1.GetCustomerUseRequest,
    v1.GetCustomerUseResponse,
    safe=True,
)
UPDATE_CUSTOMER_LIMITS = Method(
    "/ringdown.v1.CustomerService/UpdateCustomerLimits",
    v1.UpdateCustomerLimitsRequest,
    v1.UpdateCustomerLimitsResponse,
    safe=False,
)
SUSPEND_CUSTOMER = Method(
    "/ringdown.v1.CustomerService/SuspendCustomer",
    v1.SuspendCustomerRequest,
    v1.SuspendCustomerResponse,
    safe=True,
)
RESUME_CUSTOMER = Method(
    "/ringdown.v1.CustomerService/ResumeCustomer",
    v1.ResumeCustomerRequest,
    v1.ResumeCustomerResponse,
    safe=True,
)
DELETE_CUSTOMER = Method(
    "/ringdown.v1.CustomerService/DeleteCustomer",
    v1.DeleteCustomerRequest,
    v1.DeleteCustomerResponse,
    safe=False,
)
CREATE_FLOW = Method(
    "/ringdown.v1.FlowService/CreateFlow", v1.CreateFlowRequest, v1.CreateFlowResponse, safe=True
)
GET_FLOW = Method("/ringdown.v1.FlowService/GetFlow", v1.GetFlowRequest, v1.GetFlowResponse, safe=True)
LIST_FLOWS = Method(
    "/ringdown.v1.FlowService/ListFlows", v1.ListFlowsRequest, v1.ListFlowsResponse, safe=True
)
UPDATE_FLOW = Method(
    "/ringdown.v1.FlowService/UpdateFlow", v1.UpdateFlowRequest, v1.UpdateFlowResponse, safe=False
)
DELETE_FLOW = Method(
    "/ringdown.v1.FlowService/DeleteFlow", v1.DeleteFlowRequest, v1.DeleteFlowResponse, safe=False
)
VALIDATE_FLOW = Method(
    "/ringdown.v1.FlowService/ValidateFlow", v1.ValidateFlowRequest, v1.ValidateFlowResponse, safe=True
)
LIST_FLOW_REVISIONS = Method(
    "/ringdown.v1.FlowService/ListFlowRevisions",
    v1.ListFlowRevisionsRequest,
    v1.ListFlowRevisionsResponse,
    safe=True,
)
DIFF_FLOW_REVISIONS = Method(
    "/ringdown.v1.FlowService/DiffFlowRevisions",
    v1.DiffFlowRevisionsRequest,
    v1.DiffFlowRevisionsResponse,
    safe=True,
)
SIMULATE_FLOW = Method(
    "/ringdown.v1.FlowService/SimulateFlow", v1.SimulateFlowRequest, v1.SimulateFlowResponse, safe=True
)
SEND_MESSAGE = Method(
    "/ringdown.v1.MessageService/SendMessage", v1.SendMessageRequest, v1.SendMessageResponse, safe=True
)
RECEIVE_MESSAGE = Method(
    "/ringdown.v1.MessageService/ReceiveMessage",
    v1.ReceiveMessageRequest,
    v1.ReceiveMessageResponse,
    safe=True,
)
GET_MESSAGE = Method(
    "/ringdown.v1.MessageService/GetMessage", v1.GetMessageRequest, v1.GetMessageResponse, safe=True
)
LIST_MESSAGES = Method(
    "/ringdown.v1.MessageService/ListMessages", v1.ListMessagesRequest, v1.ListMessagesResponse, safe=True
)
DELETE_MESSAGE = Method(
    "/ringdown.v1.MessageService/DeleteMessage", v1.DeleteMessageRequest, v1.DeleteMessageResponse, safe=False
)
CREATE_NUMBER = Method(
    "/ringdown.v1.NumberService/CreateNumber", v1.CreateNumberRequest, v1.CreateNumberResponse, safe=True
)
GET_NUMBER = Method(
    "/ringdown.v1.NumberService/GetNumber", v1.GetNumberRequest, v1.GetNumberResponse, safe=True
)
LIST_NUMBERS = Method(
    "/ringdown.v1.NumberService/ListNumbers", v1.ListNumbersRequest, v1.ListNumbersResponse, safe=True
)
UPDATE_NUMBER = Method(
    "/ringdown.v1.NumberService/UpdateNumber", v1.UpdateNumberRequest, v1.UpdateNumberResponse, safe=False
)
DELETE_NUMBER = Method(
    "/ringdown.v1.NumberService/DeleteNumber", v1.DeleteNumberRequest, v1.DeleteNumberResponse, safe=False
)
CREATE_PROVIDER = Method(
    "/ringdown.v1.ProviderService/CreateProvider",
    v1.CreateProviderRequest,
    v1.CreateProviderResponse,
    safe=True,
)
GET_PROVIDER = Method(
    "/ringdown.v1.ProviderService/GetProvider", v1.GetProviderRequest, v1.GetProviderResponse, safe=True
)
LIST_PROVIDERS = Method(
    "/ringdown.v1.ProviderService/ListProviders", v1.ListProvidersRequest, v1.ListProvidersResponse, safe=True
)
UPDATE_PROVIDER = Method(
    "/ringdown.v1.ProviderService/UpdateProvider",
    v1.UpdateProviderRequest,
    v1.UpdateProviderResponse,
    safe=False,
)
DELETE_PROVIDER = Method(
    "/ringdown.v1.ProviderService/DeleteProvider",
    v1.DeleteProviderRequest,
    v1.DeleteProviderResponse,
    safe=False,
)
GET_RECORDING = Method(
    "/ringdown.v1.RecordingService/GetRecording", v1.GetRecordingRequest, v1.GetRecordingResponse, safe=True
)
LIST_RECORDINGS = Method(
    "/ringdown.v1.RecordingService/ListRecordings",
    v1.ListRecordingsRequest,
    v1.ListRecordingsResponse,
    safe=True,
)
DELETE_RECORDING = Method(
    "/ringdown.v1.RecordingService/DeleteRecording",
    v1.DeleteRecordingRequest,
    v1.DeleteRecordingResponse,
    safe=False,
)
DOWNLOAD_RECORDING = Method(
    "/ringdown.v1.RecordingService/DownloadRecording",
    v1.DownloadRecordingRequest,
    v1.DownloadRecordingResponse,
    safe=True,
)
CREATE_ROUTE = Method(
    "/ringdown.v1.RouteService/CreateRoute", v1.CreateRouteRequest, v1.CreateRouteResponse, safe=True
)
GET_ROUTE = Method("/ringdown.v1.RouteService/GetRoute", v1.GetRouteRequest, v1.GetRouteResponse, safe=True)
LIST_ROUTES = Method(
    "/ringdown.v1.RouteService/ListRoutes", v1.ListRoutesRequest, v1.ListRoutesResponse, safe=True
)
UPDATE_ROUTE = Method(
    "/ringdown.v1.RouteService/UpdateRoute", v1.UpdateRouteRequest, v1.UpdateRouteResponse, safe=False
)
DELETE_ROUTE = Method(
    "/ringdown.v1.RouteService/DeleteRoute", v1.DeleteRouteRequest, v1.DeleteRouteResponse, safe=False
)
LIST_DIAL_ROUTES = Method(
    "/ringdown.v1.RouteService/ListDialRoutes", v1.ListDialRoutesRequest, v1.ListDialRoutesResponse, safe=True
)
SET_CALLEE = Method(
    "/ringdown.v1.SimulatorService/SetCallee", v1.SetCalleeRequest, v1.SetCalleeResponse, safe=False
)
SIMULATE_INCOMING_CALL = Method(
    "/ringdown.v1.SimulatorService/SimulateIncomingCall",
    v1.SimulateIncomingCallRequest,
    v1.SimulateIncomingCallResponse,
    safe=True,
)
SIMULATE_DIGITS = Method(
    "/ringdown.v1.SimulatorService/SimulateDigits",
    v1.SimulateDigitsRequest,
    v1.SimulateDigitsResponse,
    safe=True,
)
SIMULATE_HANGUP = Method(
    "/ringdown.v1.SimulatorService/SimulateHangup",
    v1.SimulateHangupRequest,
    v1.SimulateHangupResponse,
    safe=True,
)
LIST_WEBHOOK_DELIVERIES = Method(
    "/ringdown.v1.WebhookService/ListWebhookDeliveries",
    v1.ListWebhookDeliveriesRequest,
    v1.ListWebhookDeliveriesResponse,
    safe=True,
)
GET_WEBHOOK_DELIVERY = Method(
    "/ringdown.v1.WebhookService/GetWebhookDelivery",
    v1.GetWebhookDeliveryRequest,
    v1.GetWebhookDeliveryResponse,
    safe=True,
)
REDELIVER_WEBHOOK = Method(
    "/ringdown.v1.WebhookService/RedeliverWebhook",
    v1.RedeliverWebhookRequest,
    v1.RedeliverWebhookResponse,
    safe=True,
)

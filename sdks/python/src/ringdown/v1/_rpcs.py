# Generated from the contract by sdks/python/generate. Do not edit.
"""The methods of the blocking client, one for each RPC."""

from collections.abc import Iterable, Iterator, Mapping

from google.protobuf.field_mask_pb2 import FieldMask
from google.protobuf.timestamp_pb2 import Timestamp

from ringdown import v1
from ringdown._transport import Transport
from ringdown._watch import Watch
from ringdown.v1 import _methods as METHODS


class Rpcs(Transport):
    """Every RPC of the contract as a method."""

    def create_access_key(
        self,
        *,
        name: str = "",
        detail: str = "",
        role: v1.AccessKeyRole.ValueType = v1.AccessKeyRole.ACCESS_KEY_ROLE_UNSPECIFIED,
        tm_expire: Timestamp | None = None,
        idempotency_key: str = "",
        timeout: float | None = None,
    ) -> v1.AccessKey:
        """Creates an access key. Only this response contains the key itself. A key cannot create one
        with more rights than its own.

        Args:
            name: A name for your own use. At most 255 characters.
            detail: A note for your own use. At most 1,000 characters.
            role: What the key may do, at most what the caller's own key may do. If not set, `full`.
            tm_expire: When the key expires. Not set if it never expires.
            idempotency_key: The idempotency key of the request. For 24 hours, a request with the
                same key and the same content has no further effect and returns the first response.
                1 to 128 visible characters. If empty, the client creates one and uses it for all
                attempts.
            timeout: Deadline of all attempts, in seconds. None: the default of the client.
        """
        return (
            self._unary(
                METHODS.CREATE_ACCESS_KEY,
                v1.CreateAccessKeyRequest(
                    name=name, detail=detail, role=role, tm_expire=tm_expire, idempotency_key=idempotency_key
                ),
                timeout,
            )
        ).access_key

    def get_access_key(self, id: str, *, timeout: float | None = None) -> v1.AccessKey:
        """Returns an access key, without the key itself.

        Args:
            id: Id of the access key.
            timeout: Deadline of all attempts, in seconds. None: the default of the client.
        """
        return (self._unary(METHODS.GET_ACCESS_KEY, v1.GetAccessKeyRequest(id=id), timeout)).access_key

    def list_access_keys(self, *, page_size: int = 0, timeout: float | None = None) -> Iterator[v1.AccessKey]:
        """Lists access keys, newest first, without the keys themselves.

        Args:
            page_size: The maximum number of results. 0 means 100, and values above 1,000 mean
                1,000.
            timeout: Deadline of all attempts, in seconds. None: the default of the client.
        """
        return self._pages(
            METHODS.LIST_ACCESS_KEYS,
            v1.ListAccessKeysRequest(page_size=page_size),
            lambda page: page.access_keys,
            timeout,
        )

    def update_access_key(
        self,
        id: str,
        *,
        name: str = "",
        detail: str = "",
        update_mask: FieldMask | None = None,
        expected_revision: int = 0,
        timeout: float | None = None,
    ) -> v1.AccessKey:
        """Replaces the name and detail of an access key. With `update_mask` (REST: `PATCH`), only the
        named fields change. Concurrent updates are applied one after the other, and none is lost.
        With `expected_revision`, the request fails if another change came first.

        Args:
            id: Id of the access key.
            name: A name for your own use. At most 255 characters.
            detail: A note for your own use. At most 1,000 characters.
            update_mask: The fields to change, for example `name`. The other fields keep their
                values. If not set or `*`, all fields are replaced. REST has no such key: there,
                `PATCH` changes the fields that its body contains.
            expected_revision: The revision that the access key must have. If it has another one,
                nothing changes and the request fails with ABORTED `STALE_REVISION`, with the
                current revision in the metadata of the error. 0 accepts any revision. In REST, the
                header `If-Match` can hold the `ETag` of an earlier response instead; a mismatch
                then answers with the HTTP status 412.
            timeout: Deadline of all attempts, in seconds. None: the default of the client.
        """
        return (
            self._unary(
                METHODS.UPDATE_ACCESS_KEY,
                v1.UpdateAccessKeyRequest(
                    id=id,
                    name=name,
                    detail=detail,
                    update_mask=update_mask,
                    expected_revision=expected_revision,
                ),
                timeout,
            )
        ).access_key

    def delete_access_key(
        self, id: str, *, expected_revision: int = 0, timeout: float | None = None
    ) -> v1.AccessKey:
        """Deletes an access key. It is refused from now on, tokens that come from it are refused as
        well, and watches of both end with UNAUTHENTICATED `INVALID_CREDENTIALS`. Other servers on
        the same database do so within ten seconds.

        Args:
            id: Id of the access key.
            expected_revision: The revision that the access key must have. If it has another one,
                nothing changes and the request fails with ABORTED `STALE_REVISION`, with the
                current revision in the metadata of the error. 0 accepts any revision. In REST, the
                header `If-Match` can hold the `ETag` of an earlier response instead; a mismatch
                then answers with the HTTP status 412.
            timeout: Deadline of all attempts, in seconds. None: the default of the client.
        """
        return (
            self._unary(
                METHODS.DELETE_ACCESS_KEY,
                v1.DeleteAccessKeyRequest(id=id, expected_revision=expected_revision),
                timeout,
            )
        ).access_key

    def list_action_types(self, *, timeout: float | None = None) -> Iterator[v1.ActionType]:
        """Lists all types of actions, with a description, their requirements and the JSON Schema of
        their options.

        Args:
            timeout: Deadline of all attempts, in seconds. None: the default of the client.
        """
        return self._pages(
            METHODS.LIST_ACTION_TYPES, v1.ListActionTypesRequest(), lambda page: page.action_types, timeout
        )

    def create_activeflow(
        self,
        id: str = "",
        *,
        flow_id: str = "",
        actions: Iterable[v1.Action] = (),
        on_complete_flow_id: str = "",
        variables: Mapping[str, str] | None = None,
        webhook_uri: str = "",
        webhook_method: str = "",
        idempotency_key: str = "",
        timeout: float | None = None,
    ) -> v1.Activeflow:
        """Starts a flow without a call. Actions that need a call are skipped.

        Args:
            id: Id of the new activeflow, a UUID of your choice. An id that is in use fails with
                `ID_TAKEN`. If empty, the server creates one.
            flow_id: The flow to run.
            actions: The actions to run. They become a flow that does not appear in lists.
            on_complete_flow_id: The flow to run when this activeflow has ended. If empty, the one
                that the flow specifies.
            variables: The initial variables. Names that begin with `voipbin.` are reserved for the
                system and refused. At most 1,000 names, 32 KiB per value and 256 KiB in total.
            webhook_uri: The URL that receives the events of this activeflow: an http or https
                address. If empty, there is none. An address inside the operator's network fails
                with `DESTINATION_NOT_ALLOWED` unless `--outbound-allow` allows it.
            webhook_method: The HTTP method of webhooks: `POST` or `PUT`. If empty, `POST`.
            idempotency_key: The idempotency key of the request. For 24 hours, a request with the
                same key and the same content has no further effect and returns the first response.
                1 to 128 visible characters. If empty, the client creates one and uses it for all
                attempts.
            timeout: Deadline of all attempts, in seconds. None: the default of the client.
        """
        return (
            self._unary(
                METHODS.CREATE_ACTIVEFLOW,
                v1.CreateActiveflowRequest(
                    id=id,
                    flow_id=flow_id,
                    actions=actions,
                    on_complete_flow_id=on_complete_flow_id,
                    variables=variables,
                    webhook_uri=webhook_uri,
                    webhook_method=webhook_method,
                    idempotency_key=idempotency_key,
                ),
                timeout,
            )
        ).activeflow

    def get_activeflow(self, id: str, *, timeout: float | None = None) -> v1.Activeflow:
        """Returns an activeflow.

        Args:
            id: Id of the activeflow.
            timeout: Deadline of all attempts, in seconds. None: the default of the client.
        """
        return (self._unary(METHODS.GET_ACTIVEFLOW, v1.GetActiveflowRequest(id=id), timeout)).activeflow

    def list_activeflows(
        self,
        *,
        page_size: int = 0,
        status: v1.ActiveflowStatus.ValueType = v1.ActiveflowStatus.ACTIVEFLOW_STATUS_UNSPECIFIED,
        flow_id: str = "",
        reference_type: v1.ReferenceType.ValueType = v1.ReferenceType.REFERENCE_TYPE_UNSPECIFIED,
        reference_id: str = "",
        timeout: float | None = None,
    ) -> Iterator[v1.Activeflow]:
        """Lists activeflows, newest first.

        Args:
            page_size: The maximum number of results. 0 means 100, and values above 1,000 mean
                1,000.
            status: Matches only activeflows with this status.
            flow_id: Matches only activeflows of this flow.
            reference_type: Matches only activeflows that were started in this way.
            reference_id: Matches only activeflows that were started by the call or message with
                this id.
            timeout: Deadline of all attempts, in seconds. None: the default of the client.
        """
        return self._pages(
            METHODS.LIST_ACTIVEFLOWS,
            v1.ListActiveflowsRequest(
                page_size=page_size,
                status=status,
                flow_id=flow_id,
                reference_type=reference_type,
                reference_id=reference_id,
            ),
            lambda page: page.activeflows,
            timeout,
        )

    def delete_activeflow(self, id: str, *, timeout: float | None = None) -> v1.Activeflow:
        """Deletes an activeflow. A running activeflow is stopped first.

        Args:
            id: Id of the activeflow.
            timeout: Deadline of all attempts, in seconds. None: the default of the client.
        """
        return (self._unary(METHODS.DELETE_ACTIVEFLOW, v1.DeleteActiveflowRequest(id=id), timeout)).activeflow

    def stop_activeflow(
        self, id: str, *, idempotency_key: str = "", timeout: float | None = None
    ) -> v1.Activeflow:
        """Stops an activeflow and hangs up its call. An activeflow that has already ended is returned
        unchanged.

        Args:
            id: Id of the activeflow.
            idempotency_key: The idempotency key of the request. For 24 hours, a request with the
                same key and the same content has no further effect and returns the first response.
                1 to 128 visible characters. If empty, the client creates one and uses it for all
                attempts.
            timeout: Deadline of all attempts, in seconds. None: the default of the client.
        """
        return (
            self._unary(
                METHODS.STOP_ACTIVEFLOW,
                v1.StopActiveflowRequest(id=id, idempotency_key=idempotency_key),
                timeout,
            )
        ).activeflow

    def continue_activeflow(
        self, id: str, *, current_action_id: str = "", idempotency_key: str = "", timeout: float | None = None
    ) -> v1.Activeflow:
        """Continues an activeflow that waits at a `block`.

        Args:
            id: Id of the activeflow.
            current_action_id: Id of the `block` that the activeflow waits at. If the activeflow has
                moved on to another action, it is not continued and the request fails with
                `STALE_ACTION`.
            idempotency_key: The idempotency key of the request. For 24 hours, a request with the
                same key and the same content has no further effect and returns the first response.
                1 to 128 visible characters. If empty, the client creates one and uses it for all
                attempts.
            timeout: Deadline of all attempts, in seconds. None: the default of the client.
        """
        return (
            self._unary(
                METHODS.CONTINUE_ACTIVEFLOW,
                v1.ContinueActiveflowRequest(
                    id=id, current_action_id=current_action_id, idempotency_key=idempotency_key
                ),
                timeout,
            )
        ).activeflow

    def push_actions(
        self,
        id: str,
        *,
        actions: Iterable[v1.Action] = (),
        interrupt: bool = False,
        idempotency_key: str = "",
        timeout: float | None = None,
    ) -> v1.Activeflow:
        """Inserts actions before those that run next. When the inserted actions are done, the flow
        continues where it was.

        Args:
            id: Id of the activeflow.
            actions: The actions, 1 to 1,000.
            interrupt: Whether to interrupt the current action. Default: false, the pushed actions
                run when the current action is done.
            idempotency_key: The idempotency key of the request. For 24 hours, a request with the
                same key and the same content has no further effect and returns the first response.
                1 to 128 visible characters. If empty, the client creates one and uses it for all
                attempts.
            timeout: Deadline of all attempts, in seconds. None: the default of the client.
        """
        return (
            self._unary(
                METHODS.PUSH_ACTIONS,
                v1.PushActionsRequest(
                    id=id, actions=actions, interrupt=interrupt, idempotency_key=idempotency_key
                ),
                timeout,
            )
        ).activeflow

    def get_variables(self, id: str, *, timeout: float | None = None) -> v1.GetVariablesResponse:
        """Returns all variables of an activeflow.

        Args:
            id: Id of the activeflow.
            timeout: Deadline of all attempts, in seconds. None: the default of the client.
        """
        return self._unary(METHODS.GET_VARIABLES, v1.GetVariablesRequest(id=id), timeout)

    def set_variables(
        self, id: str, *, variables: Mapping[str, str] | None = None, timeout: float | None = None
    ) -> v1.SetVariablesResponse:
        """Sets variables of a running activeflow. Other variables keep their values. The next action
        sees the new values.

        Args:
            id: Id of the activeflow.
            variables: The variables. Names that begin with `voipbin.` are reserved for the system
                and refused. At most 1,000 names, 32 KiB per value and 256 KiB in total.
            timeout: Deadline of all attempts, in seconds. None: the default of the client.
        """
        return self._unary(METHODS.SET_VARIABLES, v1.SetVariablesRequest(id=id, variables=variables), timeout)

    def list_activeflow_events(
        self, id: str, *, page_size: int = 0, timeout: float | None = None
    ) -> Iterator[v1.ActiveflowEvent]:
        """Lists the events of an activeflow, newest first.

        Args:
            id: Id of the activeflow.
            page_size: The maximum number of results. 0 means 100, and values above 1,000 mean
                1,000.
            timeout: Deadline of all attempts, in seconds. None: the default of the client.
        """
        return self._pages(
            METHODS.LIST_ACTIVEFLOW_EVENTS,
            v1.ListActiveflowEventsRequest(id=id, page_size=page_size),
            lambda page: page.events,
            timeout,
        )

    def watch_activeflows(
        self,
        *,
        ids: Iterable[str] = (),
        flow_id: str = "",
        reference_type: v1.ReferenceType.ValueType = v1.ReferenceType.REFERENCE_TYPE_UNSPECIFIED,
        reference_id: str = "",
        resume_token: str = "",
        include_snapshot: bool = False,
        until_ended: bool = False,
        progress: bool = False,
    ) -> Watch[v1.WatchActiveflowsRequest, v1.WatchActiveflowsResponse]:
        """Streams all events of the activeflows that match, as they happen. Events are delivered
        without gaps or duplicates, across reconnections with `resume_token` and restarts of the
        server. In REST, the response is a stream of Server-Sent Events, and `Last-Event-ID` resumes
        it.

        Args:
            ids: Matches only these activeflows. At most 1,000.
            flow_id: Matches only activeflows of this flow.
            reference_type: Matches only activeflows that were started in this way.
            reference_id: Matches only activeflows that were started by the call or message with
                this id.
            resume_token: Continue after the response that contained this token. If empty, the watch
                begins now.
            include_snapshot: First send the current state of all activeflows that match, then all
                later events, without a gap. `WATCH_TYPE_SNAPSHOT` describes how to resume such a
                watch before its first `PROGRESS`.
            until_ended: End the stream when every activeflow in `ids` has ended and its end has
                been sent. Requires `ids`, and sends the current state first.
            progress: Whether to deliver responses of type progress, which contain only a token.
        """
        return self._watch(
            METHODS.WATCH_ACTIVEFLOWS,
            v1.WatchActiveflowsRequest(
                ids=ids,
                flow_id=flow_id,
                reference_type=reference_type,
                reference_id=reference_id,
                resume_token=resume_token,
                include_snapshot=include_snapshot,
                until_ended=until_ended,
            ),
            progress,
        )

    def create_calls(
        self,
        *,
        source: v1.Address | None = None,
        destinations: Iterable[v1.Address] = (),
        flow_id: str = "",
        actions: Iterable[v1.Action] = (),
        variables: Mapping[str, str] | None = None,
        idempotency_key: str = "",
        timeout: float | None = None,
    ) -> list[v1.Call]:
        """Makes one call for each destination. The flow of a call starts when the call is answered. In
        REST, `destination` can replace `destinations`; the response is then a single call instead
        of a list.

        Args:
            source: The caller.
            destinations: The addresses to call: 1 to 20. Each gets its own call.
            flow_id: The flow that the calls run.
            actions: The actions that the calls run. They become a flow that does not appear in
                lists.
            variables: The initial variables of the flow. Names that begin with `voipbin.` are
                reserved for the system and refused. At most 1,000 names, 32 KiB per value and 256
                KiB in total.
            idempotency_key: The idempotency key of the request. For 24 hours, a request with the
                same key and the same content has no further effect and returns the first response.
                1 to 128 visible characters. If empty, the client creates one and uses it for all
                attempts.
            timeout: Deadline of all attempts, in seconds. None: the default of the client.
        """
        return list(
            (
                self._unary(
                    METHODS.CREATE_CALLS,
                    v1.CreateCallsRequest(
                        source=source,
                        destinations=destinations,
                        flow_id=flow_id,
                        actions=actions,
                        variables=variables,
                        idempotency_key=idempotency_key,
                    ),
                    timeout,
                )
            ).calls
        )

    def get_call(self, id: str, *, timeout: float | None = None) -> v1.Call:
        """Returns a call.

        Args:
            id: Id of the call.
            timeout: Deadline of all attempts, in seconds. None: the default of the client.
        """
        return (self._unary(METHODS.GET_CALL, v1.GetCallRequest(id=id), timeout)).call

    def list_calls(
        self,
        *,
        page_size: int = 0,
        status: v1.CallStatus.ValueType = v1.CallStatus.CALL_STATUS_UNSPECIFIED,
        direction: v1.CallDirection.ValueType = v1.CallDirection.CALL_DIRECTION_UNSPECIFIED,
        flow_id: str = "",
        activeflow_id: str = "",
        timeout: float | None = None,
    ) -> Iterator[v1.Call]:
        """Lists calls, newest first.

        Args:
            page_size: The maximum number of results. 0 means 100, and values above 1,000 mean
                1,000.
            status: Matches only calls with this status.
            direction: Matches only calls in this direction.
            flow_id: Matches only calls that run this flow.
            activeflow_id: Matches only calls of this activeflow.
            timeout: Deadline of all attempts, in seconds. None: the default of the client.
        """
        return self._pages(
            METHODS.LIST_CALLS,
            v1.ListCallsRequest(
                page_size=page_size,
                status=status,
                direction=direction,
                flow_id=flow_id,
                activeflow_id=activeflow_id,
            ),
            lambda page: page.calls,
            timeout,
        )

    def delete_call(self, id: str, *, timeout: float | None = None) -> v1.Call:
        """Deletes a call. A call that has not ended is hung up first.

        Args:
            id: Id of the call.
            timeout: Deadline of all attempts, in seconds. None: the default of the client.
        """
        return (self._unary(METHODS.DELETE_CALL, v1.DeleteCallRequest(id=id), timeout)).call

    def hangup_call(self, id: str, *, idempotency_key: str = "", timeout: float | None = None) -> v1.Call:
        """Hangs up a call. A call that has ended or is being hung up is returned unchanged.

        Args:
            id: Id of the call.
            idempotency_key: The idempotency key of the request. For 24 hours, a request with the
                same key and the same content has no further effect and returns the first response.
                1 to 128 visible characters. If empty, the client creates one and uses it for all
                attempts.
            timeout: Deadline of all attempts, in seconds. None: the default of the client.
        """
        return (
            self._unary(
                METHODS.HANGUP_CALL, v1.HangupCallRequest(id=id, idempotency_key=idempotency_key), timeout
            )
        ).call

    def talk_call(
        self,
        id: str,
        *,
        text: str = "",
        gender: str = "",
        language: str = "",
        provider: str = "",
        voice_id: str = "",
        idempotency_key: str = "",
        timeout: float | None = None,
    ) -> v1.Call:
        """Speaks a text on a call immediately, in place of what is being spoken. The flow stays at its
        current action.

        Args:
            id: Id of the call.
            text: The text to speak, plain or SSML: 1 to 5,000 characters.
            gender: Gender of the voice, such as `female`, `male` or `neutral`. If empty, the
                provider chooses.
            language: The language, such as `en-US`. If empty, the provider's default.
            provider: The speech provider. If empty, the server's default.
            voice_id: The provider's voice. If empty, it is chosen by language and gender.
            idempotency_key: The idempotency key of the request. For 24 hours, a request with the
                same key and the same content has no further effect and returns the first response.
                1 to 128 visible characters. If empty, the client creates one and uses it for all
                attempts.
            timeout: Deadline of all attempts, in seconds. None: the default of the client.
        """
        return (
            self._unary(
                METHODS.TALK_CALL,
                v1.TalkCallRequest(
                    id=id,
                    text=text,
                    gender=gender,
                    language=language,
                    provider=provider,
                    voice_id=voice_id,
                    idempotency_key=idempotency_key,
                ),
                timeout,
            )
        ).call

    def hold_call(self, id: str, *, idempotency_key: str = "", timeout: float | None = None) -> v1.Call:
        """Puts the remote party on hold.

        Args:
            id: Id of the call.
            idempotency_key: The idempotency key of the request. For 24 hours, a request with the
                same key and the same content has no further effect and returns the first response.
                1 to 128 visible characters. If empty, the client creates one and uses it for all
                attempts.
            timeout: Deadline of all attempts, in seconds. None: the default of the client.
        """
        return (
            self._unary(
                METHODS.HOLD_CALL, v1.HoldCallRequest(id=id, idempotency_key=idempotency_key), timeout
            )
        ).call

    def unhold_call(self, id: str, *, timeout: float | None = None) -> v1.Call:
        """Takes the remote party off hold.

        Args:
            id: Id of the call.
            timeout: Deadline of all attempts, in seconds. None: the default of the client.
        """
        return (self._unary(METHODS.UNHOLD_CALL, v1.UnholdCallRequest(id=id), timeout)).call

    def mute_call(
        self,
        id: str,
        *,
        direction: v1.MuteDirection.ValueType = v1.MuteDirection.MUTE_DIRECTION_UNSPECIFIED,
        idempotency_key: str = "",
        timeout: float | None = None,
    ) -> v1.Call:
        """Mutes a call.

        Args:
            id: Id of the call.
            direction: What to mute. If not set, both directions.
            idempotency_key: The idempotency key of the request. For 24 hours, a request with the
                same key and the same content has no further effect and returns the first response.
                1 to 128 visible characters. If empty, the client creates one and uses it for all
                attempts.
            timeout: Deadline of all attempts, in seconds. None: the default of the client.
        """
        return (
            self._unary(
                METHODS.MUTE_CALL,
                v1.MuteCallRequest(id=id, direction=direction, idempotency_key=idempotency_key),
                timeout,
            )
        ).call

    def unmute_call(
        self,
        id: str,
        *,
        direction: v1.MuteDirection.ValueType = v1.MuteDirection.MUTE_DIRECTION_UNSPECIFIED,
        timeout: float | None = None,
    ) -> v1.Call:
        """Unmutes a call.

        Args:
            id: Id of the call.
            direction: What to unmute. If not set, both directions.
            timeout: Deadline of all attempts, in seconds. None: the default of the client.
        """
        return (
            self._unary(METHODS.UNMUTE_CALL, v1.UnmuteCallRequest(id=id, direction=direction), timeout)
        ).call

    def send_digits(
        self,
        id: str,
        *,
        digits: str = "",
        duration_ms: int | None = None,
        interval_ms: int | None = None,
        idempotency_key: str = "",
        timeout: float | None = None,
    ) -> v1.Call:
        """Sends digits to the remote party immediately. The flow stays at its current action.

        Args:
            id: Id of the call.
            digits: The digits: 1 to 100 of 0-9, A-D, `*` and `#`.
            duration_ms: How long each digit sounds, in milliseconds: 100 to 1,000. Default: 250.
            interval_ms: The pause between digits, in milliseconds: 0 to 5,000. Default: 100.
            idempotency_key: The idempotency key of the request. For 24 hours, a request with the
                same key and the same content has no further effect and returns the first response.
                1 to 128 visible characters. If empty, the client creates one and uses it for all
                attempts.
            timeout: Deadline of all attempts, in seconds. None: the default of the client.
        """
        return (
            self._unary(
                METHODS.SEND_DIGITS,
                v1.SendDigitsRequest(
                    id=id,
                    digits=digits,
                    duration_ms=duration_ms,
                    interval_ms=interval_ms,
                    idempotency_key=idempotency_key,
                ),
                timeout,
            )
        ).call

    def start_recording(
        self,
        id: str,
        *,
        format: str = "",
        end_of_silence: int = 0,
        end_of_key: str = "",
        duration: int = 0,
        beep_start: bool = False,
        on_end_flow_id: str = "",
        idempotency_key: str = "",
        timeout: float | None = None,
    ) -> v1.Call:
        """Starts recording a call immediately, in both directions. The flow stays at its current
        action. A call has at most one recording in progress.

        Args:
            id: Id of the call.
            format: The file format. If empty, `wav`, which is the only one.
            end_of_silence: Seconds of silence that end the recording, up to 3,600. If 0, silence
                does not end it.
            end_of_key: The key that ends the recording: `none`, `any`, `*` or `#`. If empty,
                `none`.
            duration: The maximum duration in seconds, up to 14,400. If 0, the longest possible.
            beep_start: Whether to play a beep when the recording starts.
            on_end_flow_id: The flow to run when the recording has ended. If empty, none.
            idempotency_key: The idempotency key of the request. For 24 hours, a request with the
                same key and the same content has no further effect and returns the first response.
                1 to 128 visible characters. If empty, the client creates one and uses it for all
                attempts.
            timeout: Deadline of all attempts, in seconds. None: the default of the client.
        """
        return (
            self._unary(
                METHODS.START_RECORDING,
                v1.StartRecordingRequest(
                    id=id,
                    format=format,
                    end_of_silence=end_of_silence,
                    end_of_key=end_of_key,
                    duration=duration,
                    beep_start=beep_start,
                    on_end_flow_id=on_end_flow_id,
                    idempotency_key=idempotency_key,
                ),
                timeout,
            )
        ).call

    def stop_recording(self, id: str, *, idempotency_key: str = "", timeout: float | None = None) -> v1.Call:
        """Stops the recording of a call, regardless of what started it. A call that is not being
        recorded is returned unchanged.

        Args:
            id: Id of the call.
            idempotency_key: The idempotency key of the request. For 24 hours, a request with the
                same key and the same content has no further effect and returns the first response.
                1 to 128 visible characters. If empty, the client creates one and uses it for all
                attempts.
            timeout: Deadline of all attempts, in seconds. None: the default of the client.
        """
        return (
            self._unary(
                METHODS.STOP_RECORDING,
                v1.StopRecordingRequest(id=id, idempotency_key=idempotency_key),
                timeout,
            )
        ).call

    def watch_calls(
        self,
        *,
        ids: Iterable[str] = (),
        flow_id: str = "",
        activeflow_id: str = "",
        direction: v1.CallDirection.ValueType = v1.CallDirection.CALL_DIRECTION_UNSPECIFIED,
        resume_token: str = "",
        include_snapshot: bool = False,
        until_ended: bool = False,
        progress: bool = False,
    ) -> Watch[v1.WatchCallsRequest, v1.WatchCallsResponse]:
        """Streams all changes of the calls that match, as they happen. Events are delivered without
        gaps or duplicates, across reconnections with `resume_token` and restarts of the server. In
        REST, the response is a stream of Server-Sent Events, and `Last-Event-ID` resumes it.

        Args:
            ids: Matches only these calls. At most 1,000.
            flow_id: Matches only calls that run this flow.
            activeflow_id: Matches only calls of this activeflow.
            direction: Matches only calls in this direction.
            resume_token: Continue after the response that contained this token. If empty, the watch
                begins now.
            include_snapshot: First send the current state of all calls that match, then all later
                events, without a gap. `WATCH_TYPE_SNAPSHOT` describes how to resume such a watch
                before its first `PROGRESS`.
            until_ended: End the stream when every call in `ids` has ended and its end has been
                sent. Requires `ids`, and sends the current state first.
            progress: Whether to deliver responses of type progress, which contain only a token.
        """
        return self._watch(
            METHODS.WATCH_CALLS,
            v1.WatchCallsRequest(
                ids=ids,
                flow_id=flow_id,
                activeflow_id=activeflow_id,
                direction=direction,
                resume_token=resume_token,
                include_snapshot=include_snapshot,
                until_ended=until_ended,
            ),
            progress,
        )

    def get_call_trace(self, id: str, *, timeout: float | None = None) -> v1.GetCallTraceResponse:
        """Returns the SIP messages of a call on a real phone, and the quality of its audio. Passwords,
        keys and digits are masked. The server that held the call keeps the last 64 messages of each
        call in memory, until newer calls need the room; then, for simulated phones and after a
        restart the request fails with `CALL_TRACE_NOT_FOUND`.

        Args:
            id: Id of the call.
            timeout: Deadline of all attempts, in seconds. None: the default of the client.
        """
        return self._unary(METHODS.GET_CALL_TRACE, v1.GetCallTraceRequest(id=id), timeout)

    def get_call_pcap(self, id: str, *, timeout: float | None = None) -> bytes:
        """Returns the SIP messages of a call on a real phone as a capture file that Wireshark opens.
        The messages are those of GetCallTrace; the headers of IP and UDP are made up.

        Args:
            id: Id of the call.
            timeout: Deadline of all attempts, in seconds. None: the default of the client.
        """
        return (self._unary(METHODS.GET_CALL_PCAP, v1.GetCallPcapRequest(id=id), timeout)).data

    def get_customer(self, *, timeout: float | None = None) -> v1.Customer:
        """Returns the customer that your credential belongs to, without the secret of its webhooks.

        Args:
            timeout: Deadline of all attempts, in seconds. None: the default of the client.
        """
        return (self._unary(METHODS.GET_CUSTOMER, v1.GetCustomerRequest(), timeout)).customer

    def update_customer(
        self,
        *,
        name: str = "",
        detail: str = "",
        webhook_uri: str = "",
        webhook_method: str = "",
        rotate_webhook_secret: bool = False,
        update_mask: FieldMask | None = None,
        expected_revision: int = 0,
        timeout: float | None = None,
    ) -> v1.Customer:
        """Replaces the name, detail and webhook destination of the customer. Setting the first
        destination, or `rotate_webhook_secret`, creates a secret. Only this response contains it.
        With `update_mask` (REST: `PATCH`), only the named fields change. Concurrent updates are
        applied one after the other, and none is lost. With `expected_revision`, the request fails
        if another change came first.

        Args:
            name: The name of the customer. At most 255 characters.
            detail: A note for your own use. At most 1,000 characters.
            webhook_uri: The URL that receives events from now on: an http or https address. If
                empty, there is none. An address inside the operator's network fails with
                `DESTINATION_NOT_ALLOWED` unless `--outbound-allow` allows it.
            webhook_method: The HTTP method of webhooks: `POST` or `PUT`. If empty, `POST`.
            rotate_webhook_secret: Creates a new secret. Webhooks are signed with the new secret
                and, for 24 hours, with the old one as well.
            update_mask: The fields to change, for example `name,webhook_uri`. The other fields keep
                their values. If not set or `*`, all fields are replaced. REST has no such key:
                there, `PATCH` changes the fields that its body contains.
            expected_revision: The revision that the customer must have. If it has another one,
                nothing changes and the request fails with ABORTED `STALE_REVISION`, with the
                current revision in the metadata of the error. 0 accepts any revision. In REST, the
                header `If-Match` can hold the `ETag` of an earlier response instead; a mismatch
                then answers with the HTTP status 412.
            timeout: Deadline of all attempts, in seconds. None: the default of the client.
        """
        return (
            self._unary(
                METHODS.UPDATE_CUSTOMER,
                v1.UpdateCustomerRequest(
                    name=name,
                    detail=detail,
                    webhook_uri=webhook_uri,
                    webhook_method=webhook_method,
                    rotate_webhook_secret=rotate_webhook_secret,
                    update_mask=update_mask,
                    expected_revision=expected_revision,
                ),
                timeout,
            )
        ).customer

    def list_customers(self, *, page_size: int = 0, timeout: float | None = None) -> Iterator[v1.Customer]:
        """Lists all customers, newest first. For operators.

        Args:
            page_size: The maximum number of results. 0 means 100, and values above 1,000 mean
                1,000.
            timeout: Deadline of all attempts, in seconds. None: the default of the client.
        """
        return self._pages(
            METHODS.LIST_CUSTOMERS,
            v1.ListCustomersRequest(page_size=page_size),
            lambda page: page.customers,
            timeout,
        )

    def create_customer(
        self, *, name: str = "", idempotency_key: str = "", timeout: float | None = None
    ) -> v1.CreateCustomerResponse:
        """Creates a customer and its first access key, a full key. Only this response contains the key
        itself. For operators.

        Args:
            name: The name of the customer. 1 to 255 characters.
            idempotency_key: The idempotency key of the request. For 24 hours, a request with the
                same key and the same content has no further effect and returns the first response.
                1 to 128 visible characters. If empty, the client creates one and uses it for all
                attempts.
            timeout: Deadline of all attempts, in seconds. None: the default of the client.
        """
        return self._unary(
            METHODS.CREATE_CUSTOMER,
            v1.CreateCustomerRequest(name=name, idempotency_key=idempotency_key),
            timeout,
        )

    def get_customer_use(self, id: str, *, timeout: float | None = None) -> v1.GetCustomerUseResponse:
        """Returns a customer with its limits and what it uses now and today. A customer can name only
        itself.

        Args:
            id: Id of the customer.
            timeout: Deadline of all attempts, in seconds. None: the default of the client.
        """
        return self._unary(METHODS.GET_CUSTOMER_USE, v1.GetCustomerUseRequest(id=id), timeout)

    def update_customer_limits(
        self,
        id: str,
        *,
        requests_per_second: int | None = None,
        calls: int | None = None,
        calls_per_second: int | None = None,
        activeflows: int | None = None,
        watches: int | None = None,
        outbound_requests: int | None = None,
        generations: int | None = None,
        activeflow_history_bytes: int | None = None,
        activeflow_recording_bytes: int | None = None,
        activeflow_messages: int | None = None,
        activeflow_mails: int | None = None,
        activeflow_requests: int | None = None,
        daily_history_bytes: int | None = None,
        daily_recording_bytes: int | None = None,
        daily_messages: int | None = None,
        daily_mails: int | None = None,
        daily_requests: int | None = None,
        update_mask: FieldMask | None = None,
        expected_revision: int = 0,
        provider_calls: int | None = None,
        provider_calls_per_second: int | None = None,
        provider_call_seconds: int | None = None,
        daily_provider_minutes: int | None = None,
        timeout: float | None = None,
    ) -> v1.Customer:
        """Replaces the limits that are set for a customer: one that is left out gets the server's
        default. For operators. With `update_mask` (REST: `PATCH`), only the named limits change.
        With `expected_revision`, the request fails if another change of the customer came first. A
        lower limit ends nothing that already runs.

        Args:
            id: Id of the customer.
            requests_per_second: API requests per second, averaged over two seconds.
            calls: Calls that are not hung up.
            calls_per_second: New calls per second, averaged over two seconds.
            activeflows: Activeflows that have not ended.
            watches: Open watches.
            outbound_requests: HTTP requests of flows and webhooks that are under way at the same
                time.
            generations: How many activeflows may start each other in a row, by `call`, `fetch` or
                on_complete.
            activeflow_history_bytes: Bytes of history of one activeflow.
            activeflow_recording_bytes: Bytes of recordings of one activeflow.
            activeflow_messages: Text messages that one activeflow sends.
            activeflow_mails: Mails that one activeflow sends.
            activeflow_requests: HTTP requests that the actions of one activeflow make.
            daily_history_bytes: Bytes of history a day.
            daily_recording_bytes: Bytes of recordings a day.
            daily_messages: Text messages a day.
            daily_mails: Mails a day.
            daily_requests: Webhooks, and HTTP requests of actions, a day.
            update_mask: The limits to change, for example `calls,watches`. The other limits keep
                their values. If not set or `*`, all limits are replaced. REST has no such key:
                there, `PATCH` changes the limits that its body contains, and null stands for the
                server's default.
            expected_revision: The revision that the customer must have. If it has another one,
                nothing changes and the request fails with ABORTED `STALE_REVISION`, with the
                current revision in the metadata of the error. 0 accepts any revision. In REST, the
                header `If-Match` can hold the `ETag` of an earlier response instead; a mismatch
                then answers with the HTTP status 412.
            provider_calls: Outgoing calls through providers that are not hung up.
            provider_calls_per_second: New outgoing calls through providers per second, averaged
                over two seconds.
            provider_call_seconds: Seconds after its answer at which an outgoing call through a
                provider is hung up.
            daily_provider_minutes: Minutes of outgoing calls through providers a day, from their
                answer.
            timeout: Deadline of all attempts, in seconds. None: the default of the client.
        """
        return (
            self._unary(
                METHODS.UPDATE_CUSTOMER_LIMITS,
                v1.UpdateCustomerLimitsRequest(
                    id=id,
                    requests_per_second=requests_per_second,
                    calls=calls,
                    calls_per_second=calls_per_second,
                    activeflows=activeflows,
                    watches=watches,
                    outbound_requests=outbound_requests,
                    generations=generations,
                    activeflow_history_bytes=activeflow_history_bytes,
                    activeflow_recording_bytes=activeflow_recording_bytes,
                    activeflow_messages=activeflow_messages,
                    activeflow_mails=activeflow_mails,
                    activeflow_requests=activeflow_requests,
                    daily_history_bytes=daily_history_bytes,
                    daily_recording_bytes=daily_recording_bytes,
                    daily_messages=daily_messages,
                    daily_mails=daily_mails,
                    daily_requests=daily_requests,
                    update_mask=update_mask,
                    expected_revision=expected_revision,
                    provider_calls=provider_calls,
                    provider_calls_per_second=provider_calls_per_second,
                    provider_call_seconds=provider_call_seconds,
                    daily_provider_minutes=daily_provider_minutes,
                ),
                timeout,
            )
        ).customer

    def suspend_customer(
        self, id: str, *, stop_running: bool = False, idempotency_key: str = "", timeout: float | None = None
    ) -> v1.Customer:
        """Suspends a customer: nothing new begins. Its requests that change anything fail with
        PERMISSION_DENIED `CUSTOMER_SUSPENDED`, calls and messages to its numbers are refused, and
        its watches end; it can still read. What already runs goes on, or is stopped. Other servers
        on the same database act on it within five seconds. Suspending a suspended customer has no
        effect, apart from stopping what runs. For operators.

        Args:
            id: Id of the customer.
            stop_running: Whether the customer's activeflows are stopped and its calls are hung up.
                Otherwise they go on until they end.
            idempotency_key: The idempotency key of the request. For 24 hours, a request with the
                same key and the same content has no further effect and returns the first response.
                1 to 128 visible characters. If empty, the client creates one and uses it for all
                attempts.
            timeout: Deadline of all attempts, in seconds. None: the default of the client.
        """
        return (
            self._unary(
                METHODS.SUSPEND_CUSTOMER,
                v1.SuspendCustomerRequest(id=id, stop_running=stop_running, idempotency_key=idempotency_key),
                timeout,
            )
        ).customer

    def resume_customer(
        self, id: str, *, idempotency_key: str = "", timeout: float | None = None
    ) -> v1.Customer:
        """Ends the suspension of a customer. For operators.

        Args:
            id: Id of the customer.
            idempotency_key: The idempotency key of the request. For 24 hours, a request with the
                same key and the same content has no further effect and returns the first response.
                1 to 128 visible characters. If empty, the client creates one and uses it for all
                attempts.
            timeout: Deadline of all attempts, in seconds. None: the default of the client.
        """
        return (
            self._unary(
                METHODS.RESUME_CUSTOMER,
                v1.ResumeCustomerRequest(id=id, idempotency_key=idempotency_key),
                timeout,
            )
        ).customer

    def delete_customer(
        self, id: str, *, expected_revision: int = 0, timeout: float | None = None
    ) -> v1.Customer:
        """Deletes a suspended customer with all its data: what runs is stopped, and its access keys
        are refused from now on. Its numbers, flows, activeflows, calls, history, messages,
        recordings and keys are deleted in the background. This cannot be undone. A customer that is
        not suspended fails with FAILED_PRECONDITION `CUSTOMER_NOT_SUSPENDED`. For operators.

        Args:
            id: Id of the customer.
            expected_revision: The revision that the customer must have. If it has another one,
                nothing changes and the request fails with ABORTED `STALE_REVISION`, with the
                current revision in the metadata of the error. 0 accepts any revision. In REST, the
                header `If-Match` can hold the `ETag` of an earlier response instead; a mismatch
                then answers with the HTTP status 412.
            timeout: Deadline of all attempts, in seconds. None: the default of the client.
        """
        return (
            self._unary(
                METHODS.DELETE_CUSTOMER,
                v1.DeleteCustomerRequest(id=id, expected_revision=expected_revision),
                timeout,
            )
        ).customer

    def create_flow(
        self,
        *,
        name: str = "",
        detail: str = "",
        actions: Iterable[v1.Action] = (),
        on_complete_flow_id: str = "",
        idempotency_key: str = "",
        timeout: float | None = None,
    ) -> v1.Flow:
        """Creates a flow. A flow that cannot run is refused, and all its problems are reported. If it
        can run but may have unexpected effects, the response metadata (REST: header)
        `x-ringdown-warnings` contains the reasons; ValidateFlow returns the full warnings.

        Args:
            name: A name for your own use. At most 255 characters.
            detail: A note for your own use. At most 1,000 characters.
            actions: The actions, 1 to 1,000. The server creates the ids that are missing.
            on_complete_flow_id: The flow to run when an activeflow of this one has ended. If empty,
                none.
            idempotency_key: The idempotency key of the request. For 24 hours, a request with the
                same key and the same content has no further effect and returns the first response.
                1 to 128 visible characters. If empty, the client creates one and uses it for all
                attempts.
            timeout: Deadline of all attempts, in seconds. None: the default of the client.
        """
        return (
            self._unary(
                METHODS.CREATE_FLOW,
                v1.CreateFlowRequest(
                    name=name,
                    detail=detail,
                    actions=actions,
                    on_complete_flow_id=on_complete_flow_id,
                    idempotency_key=idempotency_key,
                ),
                timeout,
            )
        ).flow

    def get_flow(self, id: str, *, timeout: float | None = None) -> v1.Flow:
        """Returns a flow.

        Args:
            id: Id of the flow.
            timeout: Deadline of all attempts, in seconds. None: the default of the client.
        """
        return (self._unary(METHODS.GET_FLOW, v1.GetFlowRequest(id=id), timeout)).flow

    def list_flows(self, *, page_size: int = 0, timeout: float | None = None) -> Iterator[v1.Flow]:
        """Lists flows, newest first.

        Args:
            page_size: The maximum number of results. 0 means 100, and values above 1,000 mean
                1,000.
            timeout: Deadline of all attempts, in seconds. None: the default of the client.
        """
        return self._pages(
            METHODS.LIST_FLOWS, v1.ListFlowsRequest(page_size=page_size), lambda page: page.flows, timeout
        )

    def update_flow(
        self,
        id: str,
        *,
        name: str = "",
        detail: str = "",
        actions: Iterable[v1.Action] = (),
        on_complete_flow_id: str = "",
        update_mask: FieldMask | None = None,
        expected_revision: int = 0,
        timeout: float | None = None,
    ) -> v1.Flow:
        """Replaces the name, detail, actions and on_complete_flow_id of a flow. Running activeflows
        are not affected. Warnings are reported as by CreateFlow. With `update_mask` (REST:
        `PATCH`), only the named fields change. Concurrent updates are applied one after the other,
        and none is lost. With `expected_revision`, the request fails if another change came first.

        Args:
            id: Id of the flow.
            name: A name for your own use. At most 255 characters.
            detail: A note for your own use. At most 1,000 characters.
            actions: The actions, 1 to 1,000. The server creates the ids that are missing.
            on_complete_flow_id: The flow to run when an activeflow of this one has ended. If empty,
                none.
            update_mask: The fields to change, for example `name,actions`. The other fields keep
                their values. If not set or `*`, all fields are replaced. REST has no such key:
                there, `PATCH` changes the fields that its body contains.
            expected_revision: The revision that the flow must have. If it has another one, nothing
                changes and the request fails with ABORTED `STALE_REVISION`, with the current
                revision in the metadata of the error. 0 accepts any revision. In REST, the header
                `If-Match` can hold the `ETag` of an earlier response instead; a mismatch then
                answers with the HTTP status 412.
            timeout: Deadline of all attempts, in seconds. None: the default of the client.
        """
        return (
            self._unary(
                METHODS.UPDATE_FLOW,
                v1.UpdateFlowRequest(
                    id=id,
                    name=name,
                    detail=detail,
                    actions=actions,
                    on_complete_flow_id=on_complete_flow_id,
                    update_mask=update_mask,
                    expected_revision=expected_revision,
                ),
                timeout,
            )
        ).flow

    def delete_flow(self, id: str, *, expected_revision: int = 0, timeout: float | None = None) -> v1.Flow:
        """Deletes a flow. Running activeflows are not affected.

        Args:
            id: Id of the flow.
            expected_revision: The revision that the flow must have. If it has another one, nothing
                changes and the request fails with ABORTED `STALE_REVISION`, with the current
                revision in the metadata of the error. 0 accepts any revision. In REST, the header
                `If-Match` can hold the `ETag` of an earlier response instead; a mismatch then
                answers with the HTTP status 412.
            timeout: Deadline of all attempts, in seconds. None: the default of the client.
        """
        return (
            self._unary(
                METHODS.DELETE_FLOW, v1.DeleteFlowRequest(id=id, expected_revision=expected_revision), timeout
            )
        ).flow

    def validate_flow(
        self,
        *,
        actions: Iterable[v1.Action] = (),
        on_complete_flow_id: str = "",
        reference_type: v1.ReferenceType.ValueType = v1.ReferenceType.REFERENCE_TYPE_UNSPECIFIED,
        timeout: float | None = None,
    ) -> v1.ValidateFlowResponse:
        """Checks actions in the same way as CreateFlow, without saving them. Returns all problems at
        once, and warnings about actions that may have unexpected effects.

        Args:
            actions: The actions, 1 to 1,000.
            on_complete_flow_id: The flow to run when an activeflow of this one has ended. If empty,
                none.
            reference_type: What will start the flow. If it is not a call, actions that need one
                produce a warning. If not set, a call.
            timeout: Deadline of all attempts, in seconds. None: the default of the client.
        """
        return self._unary(
            METHODS.VALIDATE_FLOW,
            v1.ValidateFlowRequest(
                actions=actions, on_complete_flow_id=on_complete_flow_id, reference_type=reference_type
            ),
            timeout,
        )

    def list_flow_revisions(
        self, id: str, *, page_size: int = 0, timeout: float | None = None
    ) -> Iterator[v1.FlowRevision]:
        """Lists the revisions of a flow, newest first. Revisions never change, and an activeflow keeps
        the one that it started with.

        Args:
            id: Id of the flow.
            page_size: The maximum number of results. 0 means 100, and values above 1,000 mean
                1,000.
            timeout: Deadline of all attempts, in seconds. None: the default of the client.
        """
        return self._pages(
            METHODS.LIST_FLOW_REVISIONS,
            v1.ListFlowRevisionsRequest(id=id, page_size=page_size),
            lambda page: page.revisions,
            timeout,
        )

    def diff_flow_revisions(
        self, id: str, *, from_revision: int = 0, to_revision: int = 0, timeout: float | None = None
    ) -> v1.DiffFlowRevisionsResponse:
        """Compares two revisions of a flow, action by action.

        Args:
            id: Id of the flow.
            from_revision: The older revision. 0 means the one before the newer revision.
            to_revision: The newer revision. 0 means the current revision of the flow.
            timeout: Deadline of all attempts, in seconds. None: the default of the client.
        """
        return self._unary(
            METHODS.DIFF_FLOW_REVISIONS,
            v1.DiffFlowRevisionsRequest(id=id, from_revision=from_revision, to_revision=to_revision),
            timeout,
        )

    def simulate_flow(
        self,
        *,
        flow_id: str = "",
        actions: Iterable[v1.Action] = (),
        on_complete_flow_id: str = "",
        variables: Mapping[str, str] | None = None,
        script: Iterable[str] = (),
        start: v1.SimulationStart.ValueType = v1.SimulationStart.SIMULATION_START_UNSPECIFIED,
        clock: Timestamp | None = None,
        source: v1.Address | None = None,
        destination: v1.Address | None = None,
        timeout: float | None = None,
    ) -> v1.SimulateFlowResponse:
        """Runs a flow against a script of what the remote party does, without waiting and without a
        phone, and returns what happened. Nothing is sent and nothing is saved.

        Args:
            flow_id: The flow to simulate, in its current revision. Exactly one of `flow_id` and
                `actions` is required.
            actions: The actions, 1 to 1,000.
            on_complete_flow_id: The flow to run after `actions`. If empty, none.
            variables: The initial variables.
            script: The lines of the script: at most 1,000, of up to 4,096 characters. Its setup
                lines take precedence over the fields below.
            start: How the simulation begins. If not set, with an outgoing call.
            clock: The start time. If not set, 2026-01-05 12:00:00 UTC, a Monday.
            source: The caller. If not set, +15550000009.
            destination: The called party. If not set, +15550000001.
            timeout: Deadline of all attempts, in seconds. None: the default of the client.
        """
        return self._unary(
            METHODS.SIMULATE_FLOW,
            v1.SimulateFlowRequest(
                flow_id=flow_id,
                actions=actions,
                on_complete_flow_id=on_complete_flow_id,
                variables=variables,
                script=script,
                start=start,
                clock=clock,
                source=source,
                destination=destination,
            ),
            timeout,
        )

    def send_message(
        self,
        *,
        source: v1.Address | None = None,
        destinations: Iterable[v1.Address] = (),
        text: str = "",
        idempotency_key: str = "",
        timeout: float | None = None,
    ) -> list[v1.Message]:
        """Sends a text message to each destination. The response arrives when the messages are queued;
        GetMessage reports their outcome. A message that may already have been sent is never sent
        again.

        Args:
            source: The sender: an address of type `tel`. Where messages leave by a provider, it
                must be one of your own numbers; others fail with PERMISSION_DENIED
                `SOURCE_NOT_ALLOWED`.
            destinations: The recipients, each of which gets one message: 1 to 100 addresses of type
                `tel`. In REST, a single one can be given as `destination`.
            text: The text: 1 to 1,600 characters.
            idempotency_key: The idempotency key of the request. For 24 hours, a request with the
                same key and the same content has no further effect and returns the first response.
                1 to 128 visible characters. If empty, the client creates one and uses it for all
                attempts.
            timeout: Deadline of all attempts, in seconds. None: the default of the client.
        """
        return list(
            (
                self._unary(
                    METHODS.SEND_MESSAGE,
                    v1.SendMessageRequest(
                        source=source, destinations=destinations, text=text, idempotency_key=idempotency_key
                    ),
                    timeout,
                )
            ).messages
        )

    def receive_message(
        self,
        *,
        source: v1.Address | None = None,
        destination: v1.Address | None = None,
        text: str = "",
        idempotency_key: str = "",
        timeout: float | None = None,
    ) -> v1.Message:
        """Receives a text message at one of your numbers and starts the number's message flow, if
        there is one, with reference_type `sms`. This is for your own gateways; providers use `POST
        /v1.0/providers/{name}/messages`.

        Args:
            source: The sender: an address of type `tel`.
            destination: The recipient: one of your numbers, as an address of type `tel`.
            text: The text: at most 1,600 characters.
            idempotency_key: The idempotency key of the request. For 24 hours, a request with the
                same key and the same content has no further effect and returns the first response.
                1 to 128 visible characters. If empty, the client creates one and uses it for all
                attempts.
            timeout: Deadline of all attempts, in seconds. None: the default of the client.
        """
        return (
            self._unary(
                METHODS.RECEIVE_MESSAGE,
                v1.ReceiveMessageRequest(
                    source=source, destination=destination, text=text, idempotency_key=idempotency_key
                ),
                timeout,
            )
        ).message

    def get_message(self, id: str, *, timeout: float | None = None) -> v1.Message:
        """Returns a message.

        Args:
            id: Id of the message.
            timeout: Deadline of all attempts, in seconds. None: the default of the client.
        """
        return (self._unary(METHODS.GET_MESSAGE, v1.GetMessageRequest(id=id), timeout)).message

    def list_messages(
        self,
        *,
        page_size: int = 0,
        direction: v1.MessageDirection.ValueType = v1.MessageDirection.MESSAGE_DIRECTION_UNSPECIFIED,
        status: v1.MessageStatus.ValueType = v1.MessageStatus.MESSAGE_STATUS_UNSPECIFIED,
        timeout: float | None = None,
    ) -> Iterator[v1.Message]:
        """Lists messages, newest first.

        Args:
            page_size: The maximum number of results. 0 means 100, and values above 1,000 mean
                1,000.
            direction: Matches only messages in this direction. If not set, all.
            status: Matches only messages with this status. If not set, all.
            timeout: Deadline of all attempts, in seconds. None: the default of the client.
        """
        return self._pages(
            METHODS.LIST_MESSAGES,
            v1.ListMessagesRequest(page_size=page_size, direction=direction, status=status),
            lambda page: page.messages,
            timeout,
        )

    def delete_message(self, id: str, *, timeout: float | None = None) -> v1.Message:
        """Deletes a message, so that it is no longer shown. A message that is already on its way is
        still sent.

        Args:
            id: Id of the message.
            timeout: Deadline of all attempts, in seconds. None: the default of the client.
        """
        return (self._unary(METHODS.DELETE_MESSAGE, v1.DeleteMessageRequest(id=id), timeout)).message

    def create_number(
        self,
        *,
        number: str = "",
        call_flow_id: str = "",
        message_flow_id: str = "",
        name: str = "",
        detail: str = "",
        idempotency_key: str = "",
        customer_id: str = "",
        timeout: float | None = None,
    ) -> v1.Number:
        """Creates a number. A number belongs to a single customer: one that is in use fails with
        ALREADY_EXISTS `NUMBER_TAKEN`.

        Args:
            number: The number in E.164: `+` and 7 to 15 digits.
            call_flow_id: The flow that incoming calls run. If empty, none.
            message_flow_id: The flow that incoming messages run. If empty, none.
            name: A name for your own use. At most 255 characters.
            detail: A note for your own use. At most 1,000 characters.
            idempotency_key: The idempotency key of the request. For 24 hours, a request with the
                same key and the same content has no further effect and returns the first response.
                1 to 128 visible characters. If empty, the client creates one and uses it for all
                attempts.
            customer_id: The customer that the number is for. Operators set it; for a customer it is
                the customer itself, or empty.
            timeout: Deadline of all attempts, in seconds. None: the default of the client.
        """
        return (
            self._unary(
                METHODS.CREATE_NUMBER,
                v1.CreateNumberRequest(
                    number=number,
                    call_flow_id=call_flow_id,
                    message_flow_id=message_flow_id,
                    name=name,
                    detail=detail,
                    idempotency_key=idempotency_key,
                    customer_id=customer_id,
                ),
                timeout,
            )
        ).number

    def get_number(self, id: str, *, timeout: float | None = None) -> v1.Number:
        """Returns a number.

        Args:
            id: Id of the number, not the telephone number itself.
            timeout: Deadline of all attempts, in seconds. None: the default of the client.
        """
        return (self._unary(METHODS.GET_NUMBER, v1.GetNumberRequest(id=id), timeout)).number

    def list_numbers(
        self, *, page_size: int = 0, customer_id: str = "", timeout: float | None = None
    ) -> Iterator[v1.Number]:
        """Lists numbers, newest first.

        Args:
            page_size: The maximum number of results. 0 means 100, and values above 1,000 mean
                1,000.
            customer_id: The customer whose numbers are listed. Operators set it; for a customer it
                is the customer itself, or empty.
            timeout: Deadline of all attempts, in seconds. None: the default of the client.
        """
        return self._pages(
            METHODS.LIST_NUMBERS,
            v1.ListNumbersRequest(page_size=page_size, customer_id=customer_id),
            lambda page: page.numbers,
            timeout,
        )

    def update_number(
        self,
        id: str,
        *,
        call_flow_id: str = "",
        message_flow_id: str = "",
        name: str = "",
        detail: str = "",
        update_mask: FieldMask | None = None,
        expected_revision: int = 0,
        timeout: float | None = None,
    ) -> v1.Number:
        """Replaces the flows, name and detail of a number. The number itself cannot change. With
        `update_mask` (REST: `PATCH`), only the named fields change. Concurrent updates are applied
        one after the other, and none is lost. With `expected_revision`, the request fails if
        another change came first.

        Args:
            id: Id of the number.
            call_flow_id: The flow that incoming calls run. If empty, none.
            message_flow_id: The flow that incoming messages run. If empty, none.
            name: A name for your own use. At most 255 characters.
            detail: A note for your own use. At most 1,000 characters.
            update_mask: The fields to change, for example `call_flow_id,name`. The other fields
                keep their values. If not set or `*`, all fields are replaced. REST has no such key:
                there, `PATCH` changes the fields that its body contains.
            expected_revision: The revision that the number must have. If it has another one,
                nothing changes and the request fails with ABORTED `STALE_REVISION`, with the
                current revision in the metadata of the error. 0 accepts any revision. In REST, the
                header `If-Match` can hold the `ETag` of an earlier response instead; a mismatch
                then answers with the HTTP status 412.
            timeout: Deadline of all attempts, in seconds. None: the default of the client.
        """
        return (
            self._unary(
                METHODS.UPDATE_NUMBER,
                v1.UpdateNumberRequest(
                    id=id,
                    call_flow_id=call_flow_id,
                    message_flow_id=message_flow_id,
                    name=name,
                    detail=detail,
                    update_mask=update_mask,
                    expected_revision=expected_revision,
                ),
                timeout,
            )
        ).number

    def delete_number(
        self, id: str, *, expected_revision: int = 0, timeout: float | None = None
    ) -> v1.Number:
        """Deletes a number. It no longer starts flows and can be created again.

        Args:
            id: Id of the number, not the telephone number itself.
            expected_revision: The revision that the number must have. If it has another one,
                nothing changes and the request fails with ABORTED `STALE_REVISION`, with the
                current revision in the metadata of the error. 0 accepts any revision. In REST, the
                header `If-Match` can hold the `ETag` of an earlier response instead; a mismatch
                then answers with the HTTP status 412.
            timeout: Deadline of all attempts, in seconds. None: the default of the client.
        """
        return (
            self._unary(
                METHODS.DELETE_NUMBER,
                v1.DeleteNumberRequest(id=id, expected_revision=expected_revision),
                timeout,
            )
        ).number

    def create_provider(
        self,
        *,
        type: v1.ProviderType.ValueType = v1.ProviderType.PROVIDER_TYPE_UNSPECIFIED,
        hostname: str = "",
        tech_prefix: str = "",
        tech_postfix: str = "",
        tech_headers: Mapping[str, str] | None = None,
        name: str = "",
        detail: str = "",
        codecs: str = "",
        metadata: Mapping[str, str] | None = None,
        sip: v1.ProviderSipSettings | None = None,
        idempotency_key: str = "",
        timeout: float | None = None,
    ) -> v1.Provider:
        """Creates a provider. There can be 500 of them; another one fails with RESOURCE_EXHAUSTED
        `TOO_MANY_PROVIDERS`.

        Args:
            type: The protocol of the provider. If not set, `sip`.
            hostname: Where calls are sent: a host name or an IP address, without a port. Required.
            tech_prefix: Is put before the number that is dialled. At most 32 characters of
                `0-9A-Za-z*#+_.-`.
            tech_postfix: Is put after the number that is dialled. At most 32 characters of
                `0-9A-Za-z*#+_.-`.
            tech_headers: SIP headers that each call carries, by their names: at most 16, with at
                most 256 visible characters each, and 512 bytes in all. A name begins with `X-`, or
                is `User-to-User`. They are shown to operators: the place for a secret is
                `sip.password`.
            name: A name for your own use. At most 255 characters.
            detail: A note for your own use. At most 1,000 characters.
            codecs: The codecs that are offered, the preferred one first, separated by commas: of
                `PCMU` and `PCMA`. Empty for both.
            metadata: Data for your own use: at most 16 entries, their names with at most 64
                characters and their values with at most 1,000.
            sip: How calls are sent by SIP.
            idempotency_key: The idempotency key of the request. For 24 hours, a request with the
                same key and the same content has no further effect and returns the first response.
                1 to 128 visible characters. If empty, the client creates one and uses it for all
                attempts. The password is not part of the content that is compared.
            timeout: Deadline of all attempts, in seconds. None: the default of the client.
        """
        return (
            self._unary(
                METHODS.CREATE_PROVIDER,
                v1.CreateProviderRequest(
                    type=type,
                    hostname=hostname,
                    tech_prefix=tech_prefix,
                    tech_postfix=tech_postfix,
                    tech_headers=tech_headers,
                    name=name,
                    detail=detail,
                    codecs=codecs,
                    metadata=metadata,
                    sip=sip,
                    idempotency_key=idempotency_key,
                ),
                timeout,
            )
        ).provider

    def get_provider(self, id: str, *, timeout: float | None = None) -> v1.Provider:
        """Returns a provider, with its health and its calls on this server.

        Args:
            id: Id of the provider.
            timeout: Deadline of all attempts, in seconds. None: the default of the client.
        """
        return (self._unary(METHODS.GET_PROVIDER, v1.GetProviderRequest(id=id), timeout)).provider

    def list_providers(self, *, page_size: int = 0, timeout: float | None = None) -> Iterator[v1.Provider]:
        """Lists providers, newest first. The provider of `--sip-provider` comes before all others.

        Args:
            page_size: The maximum number of results. 0 means 100, and values above 1,000 mean
                1,000.
            timeout: Deadline of all attempts, in seconds. None: the default of the client.
        """
        return self._pages(
            METHODS.LIST_PROVIDERS,
            v1.ListProvidersRequest(page_size=page_size),
            lambda page: page.providers,
            timeout,
        )

    def update_provider(
        self,
        id: str,
        *,
        type: v1.ProviderType.ValueType = v1.ProviderType.PROVIDER_TYPE_UNSPECIFIED,
        hostname: str = "",
        tech_prefix: str = "",
        tech_postfix: str = "",
        tech_headers: Mapping[str, str] | None = None,
        name: str = "",
        detail: str = "",
        codecs: str = "",
        metadata: Mapping[str, str] | None = None,
        sip: v1.ProviderSipSettings | None = None,
        update_mask: FieldMask | None = None,
        expected_revision: int = 0,
        timeout: float | None = None,
    ) -> v1.Provider:
        """Replaces the settings of a provider, but for its password: an empty one keeps it. With
        `update_mask` (REST: `PATCH`), only the named fields change; fields of `sip` can be named
        one by one, as `sip.max_calls`. Concurrent updates are applied one after the other, and none
        is lost. With `expected_revision`, the request fails if another change came first. Calls
        that are up go on as they are. The provider of `--sip-provider` fails with
        FAILED_PRECONDITION `PROVIDER_FIXED`.

        Args:
            id: Id of the provider.
            type: The protocol of the provider. If not set, `sip`.
            hostname: Where calls are sent: a host name or an IP address, without a port. Required.
            tech_prefix: Is put before the number that is dialled. At most 32 characters of
                `0-9A-Za-z*#+_.-`.
            tech_postfix: Is put after the number that is dialled. At most 32 characters of
                `0-9A-Za-z*#+_.-`.
            tech_headers: SIP headers that each call carries, by their names: at most 16, with at
                most 256 visible characters each. They replace those there were.
            name: A name for your own use. At most 255 characters.
            detail: A note for your own use. At most 1,000 characters.
            codecs: The codecs that are offered, the preferred one first, separated by commas: of
                `PCMU` and `PCMA`. Empty for both.
            metadata: Data for your own use: at most 16 entries, their names with at most 64
                characters and their values with at most 1,000. They replace those there were.
            sip: How calls are sent by SIP.
            update_mask: The fields to change, for example `hostname,sip.max_calls`. The other
                fields keep their values. If not set or `*`, all fields are replaced. REST has no
                such key: there, `PATCH` changes the fields that its body contains.
            expected_revision: The revision that the provider must have. If it has another one,
                nothing changes and the request fails with ABORTED `STALE_REVISION`, with the
                current revision in the metadata of the error. 0 accepts any revision. In REST, the
                header `If-Match` can hold the `ETag` of an earlier response instead; a mismatch
                then answers with the HTTP status 412.
            timeout: Deadline of all attempts, in seconds. None: the default of the client.
        """
        return (
            self._unary(
                METHODS.UPDATE_PROVIDER,
                v1.UpdateProviderRequest(
                    id=id,
                    type=type,
                    hostname=hostname,
                    tech_prefix=tech_prefix,
                    tech_postfix=tech_postfix,
                    tech_headers=tech_headers,
                    name=name,
                    detail=detail,
                    codecs=codecs,
                    metadata=metadata,
                    sip=sip,
                    update_mask=update_mask,
                    expected_revision=expected_revision,
                ),
                timeout,
            )
        ).provider

    def delete_provider(
        self, id: str, *, expected_revision: int = 0, timeout: float | None = None
    ) -> v1.Provider:
        """Deletes a provider and its password. A provider with routes fails with FAILED_PRECONDITION
        `PROVIDER_IN_USE`. Calls that are up go on.

        Args:
            id: Id of the provider.
            expected_revision: The revision that the provider must have. If it has another one,
                nothing changes and the request fails with ABORTED `STALE_REVISION`, with the
                current revision in the metadata of the error. 0 accepts any revision. In REST, the
                header `If-Match` can hold the `ETag` of an earlier response instead; a mismatch
                then answers with the HTTP status 412.
            timeout: Deadline of all attempts, in seconds. None: the default of the client.
        """
        return (
            self._unary(
                METHODS.DELETE_PROVIDER,
                v1.DeleteProviderRequest(id=id, expected_revision=expected_revision),
                timeout,
            )
        ).provider

    def get_recording(self, id: str, *, timeout: float | None = None) -> v1.Recording:
        """Returns a recording.

        Args:
            id: Id of the recording.
            timeout: Deadline of all attempts, in seconds. None: the default of the client.
        """
        return (self._unary(METHODS.GET_RECORDING, v1.GetRecordingRequest(id=id), timeout)).recording

    def list_recordings(
        self,
        *,
        page_size: int = 0,
        status: v1.RecordingStatus.ValueType = v1.RecordingStatus.RECORDING_STATUS_UNSPECIFIED,
        activeflow_id: str = "",
        call_id: str = "",
        timeout: float | None = None,
    ) -> Iterator[v1.Recording]:
        """Lists recordings, newest first.

        Args:
            page_size: The maximum number of results. 0 means 100, and values above 1,000 mean
                1,000.
            status: Matches only recordings with this status.
            activeflow_id: Matches only recordings of this activeflow.
            call_id: Matches only recordings of this call.
            timeout: Deadline of all attempts, in seconds. None: the default of the client.
        """
        return self._pages(
            METHODS.LIST_RECORDINGS,
            v1.ListRecordingsRequest(
                page_size=page_size, status=status, activeflow_id=activeflow_id, call_id=call_id
            ),
            lambda page: page.recordings,
            timeout,
        )

    def delete_recording(self, id: str, *, timeout: float | None = None) -> v1.Recording:
        """Deletes a recording and its file. A recording that is in progress is refused; stop it first.

        Args:
            id: Id of the recording.
            timeout: Deadline of all attempts, in seconds. None: the default of the client.
        """
        return (self._unary(METHODS.DELETE_RECORDING, v1.DeleteRecordingRequest(id=id), timeout)).recording

    def download_recording(
        self, id: str, *, offset: int = 0, length: int = 0, timeout: float | None = None
    ) -> Iterator[v1.DownloadRecordingResponse]:
        """Streams the file of a recording that has ended, from its first byte or from an offset. In
        REST, the body is the file, and `Range` selects a part of it.

        Args:
            id: Id of the recording.
            offset: The number of bytes to skip: 0 to the `size` of the recording. Use it to resume
                an interrupted download.
            length: The maximum number of bytes. 0 means all that follow.
            timeout: Deadline of the whole stream, in seconds. None: no limit.
        """
        return self._stream(
            METHODS.DOWNLOAD_RECORDING,
            v1.DownloadRecordingRequest(id=id, offset=offset, length=length),
            timeout,
        )

    def create_route(
        self,
        *,
        customer_id: str = "",
        name: str = "",
        detail: str = "",
        provider_id: str = "",
        priority: int = 0,
        target: str = "",
        idempotency_key: str = "",
        timeout: float | None = None,
    ) -> v1.Route:
        """Creates a route. There can be 10,000 of them; another one fails with RESOURCE_EXHAUSTED
        `TOO_MANY_ROUTES`.

        Args:
            customer_id: The customer whose calls take the route. Empty or
                `00000000-0000-0000-0000-000000000001` for everybody.
            name: A name for your own use. At most 255 characters.
            detail: A note for your own use. At most 1,000 characters.
            provider_id: The provider that calls go to.
            priority: The order of routes with the same target, 1 to 1,000: 1 is first. 0 means 1.
            target: What destinations begin with: `+` and 1 to 15 digits, such as `+82`, or `all`.
                Required.
            idempotency_key: The idempotency key of the request. For 24 hours, a request with the
                same key and the same content has no further effect and returns the first response.
                1 to 128 visible characters. If empty, the client creates one and uses it for all
                attempts.
            timeout: Deadline of all attempts, in seconds. None: the default of the client.
        """
        return (
            self._unary(
                METHODS.CREATE_ROUTE,
                v1.CreateRouteRequest(
                    customer_id=customer_id,
                    name=name,
                    detail=detail,
                    provider_id=provider_id,
                    priority=priority,
                    target=target,
                    idempotency_key=idempotency_key,
                ),
                timeout,
            )
        ).route

    def get_route(self, id: str, *, timeout: float | None = None) -> v1.Route:
        """Returns a route.

        Args:
            id: Id of the route.
            timeout: Deadline of all attempts, in seconds. None: the default of the client.
        """
        return (self._unary(METHODS.GET_ROUTE, v1.GetRouteRequest(id=id), timeout)).route

    def list_routes(
        self, *, page_size: int = 0, customer_id: str = "", timeout: float | None = None
    ) -> Iterator[v1.Route]:
        """Lists routes, newest first. The route of `--sip-provider` comes before all others.

        Args:
            page_size: The maximum number of results. 0 means 100, and values above 1,000 mean
                1,000.
            customer_id: Lists the routes of this customer alone.
                `00000000-0000-0000-0000-000000000001` for those of everybody. If empty, all routes.
            timeout: Deadline of all attempts, in seconds. None: the default of the client.
        """
        return self._pages(
            METHODS.LIST_ROUTES,
            v1.ListRoutesRequest(page_size=page_size, customer_id=customer_id),
            lambda page: page.routes,
            timeout,
        )

    def update_route(
        self,
        id: str,
        *,
        name: str = "",
        detail: str = "",
        provider_id: str = "",
        priority: int = 0,
        target: str = "",
        update_mask: FieldMask | None = None,
        expected_revision: int = 0,
        timeout: float | None = None,
    ) -> v1.Route:
        """Replaces the settings of a route. Its customer cannot change. With `update_mask` (REST:
        `PATCH`), only the named fields change. Concurrent updates are applied one after the other,
        and none is lost. With `expected_revision`, the request fails if another change came first.
        The route of `--sip-provider` fails with FAILED_PRECONDITION `PROVIDER_FIXED`.

        Args:
            id: Id of the route.
            name: A name for your own use. At most 255 characters.
            detail: A note for your own use. At most 1,000 characters.
            provider_id: The provider that calls go to.
            priority: The order of routes with the same target, 1 to 1,000: 1 is first. 0 means 1.
            target: What destinations begin with: `+` and 1 to 15 digits, such as `+82`, or `all`.
                Required.
            update_mask: The fields to change, for example `priority,target`. The other fields keep
                their values. If not set or `*`, all fields are replaced. REST has no such key:
                there, `PATCH` changes the fields that its body contains.
            expected_revision: The revision that the route must have. If it has another one, nothing
                changes and the request fails with ABORTED `STALE_REVISION`, with the current
                revision in the metadata of the error. 0 accepts any revision. In REST, the header
                `If-Match` can hold the `ETag` of an earlier response instead; a mismatch then
                answers with the HTTP status 412.
            timeout: Deadline of all attempts, in seconds. None: the default of the client.
        """
        return (
            self._unary(
                METHODS.UPDATE_ROUTE,
                v1.UpdateRouteRequest(
                    id=id,
                    name=name,
                    detail=detail,
                    provider_id=provider_id,
                    priority=priority,
                    target=target,
                    update_mask=update_mask,
                    expected_revision=expected_revision,
                ),
                timeout,
            )
        ).route

    def delete_route(self, id: str, *, expected_revision: int = 0, timeout: float | None = None) -> v1.Route:
        """Deletes a route.

        Args:
            id: Id of the route.
            expected_revision: The revision that the route must have. If it has another one, nothing
                changes and the request fails with ABORTED `STALE_REVISION`, with the current
                revision in the metadata of the error. 0 accepts any revision. In REST, the header
                `If-Match` can hold the `ETag` of an earlier response instead; a mismatch then
                answers with the HTTP status 412.
            timeout: Deadline of all attempts, in seconds. None: the default of the client.
        """
        return (
            self._unary(
                METHODS.DELETE_ROUTE,
                v1.DeleteRouteRequest(id=id, expected_revision=expected_revision),
                timeout,
            )
        ).route

    def list_dial_routes(
        self, *, customer_id: str = "", destination: str = "", timeout: float | None = None
    ) -> Iterator[v1.DialRoute]:
        """Returns the routes that a call would take now, in the order in which it would try them.
        Fails with FAILED_PRECONDITION `NO_ROUTE` if there is none, and with PERMISSION_DENIED
        `DESTINATION_NOT_ALLOWED` if the destination must be named by a route.

        Args:
            customer_id: The customer that would call. If empty, the routes of everybody alone are
                returned.
            destination: The number that would be called, in E.164: `+` and 7 to 15 digits.
            timeout: Deadline of all attempts, in seconds. None: the default of the client.
        """
        return self._pages(
            METHODS.LIST_DIAL_ROUTES,
            v1.ListDialRoutesRequest(customer_id=customer_id, destination=destination),
            lambda page: page.dial_routes,
            timeout,
        )

    def set_callee(
        self,
        *,
        target: str = "",
        ring_ms: int = 0,
        answer: v1.CalleeAnswer.ValueType = v1.CalleeAnswer.CALLEE_ANSWER_UNSPECIFIED,
        steps: Iterable[str] = (),
        early_media_ms: int = 0,
        sip_code: int = 0,
        cause: str = "",
        timeout: float | None = None,
    ) -> v1.Callee:
        """Sets the behaviour of a number, for your calls only and from the next call on. It applies to
        calls that reach the number and to calls that the number makes (SimulateIncomingCall); in
        the latter, its steps begin when the call is answered. The behaviour persists across
        restarts of the server until it is set again. At most 10,000 numbers can be set.

        Args:
            target: The target of an address: a number in E.164, a SIP address or the name of an
                extension. 1 to 255 bytes.
            ring_ms: How long the number rings, in milliseconds: at most 3,600,000. 0 means 200 ms
                if it answers, and not at all if it is busy or rejects the call. A number that never
                answers rings until the caller gives up.
            answer: How the number responds after ringing. If not set, it answers.
            steps: What the number does after it has answered, one step per string: `wait_prompt`
                (waits until the current or next prompt ends), `digits "12#"` (presses 1 to 64
                keys), `silence 2s`, `speak 2s`, `beep`, `hold` and `unhold` (puts this server on
                hold or takes it off hold), and as the last step `hangup` or `repeat` (starts over;
                requires an earlier `wait_prompt`). After the last step it listens. At most 100
                steps and 4,096 bytes; none if the number does not answer.
            early_media_ms: How long the number sends audio after ringing and before it responds, in
                milliseconds: at most 3,600,000. 0 means not at all. A number that never answers
                sends it until the caller gives up.
            sip_code: The SIP status with which the number rejects the call: 300 to 699. 0 means
                603. Only if `answer` is `reject`.
            cause: The phrase of that status: up to 64 characters, without quotes and control
                characters. If empty, the usual one.
            timeout: Deadline of all attempts, in seconds. None: the default of the client.
        """
        return (
            self._unary(
                METHODS.SET_CALLEE,
                v1.SetCalleeRequest(
                    target=target,
                    ring_ms=ring_ms,
                    answer=answer,
                    steps=steps,
                    early_media_ms=early_media_ms,
                    sip_code=sip_code,
                    cause=cause,
                ),
                timeout,
            )
        ).callee

    def simulate_incoming_call(
        self,
        *,
        source: v1.Address | None = None,
        destination: v1.Address | None = None,
        flow_id: str = "",
        actions: Iterable[v1.Action] = (),
        idempotency_key: str = "",
        timeout: float | None = None,
    ) -> v1.Call:
        """Simulates an incoming call that runs a flow.

        Args:
            source: The caller.
            destination: The called party.
            flow_id: The flow that the call runs.
            actions: The actions that the call runs.
            idempotency_key: The idempotency key of the request. For 24 hours, a request with the
                same key and the same content has no further effect and returns the first response.
                1 to 128 visible characters. If empty, the client creates one and uses it for all
                attempts.
            timeout: Deadline of all attempts, in seconds. None: the default of the client.
        """
        return (
            self._unary(
                METHODS.SIMULATE_INCOMING_CALL,
                v1.SimulateIncomingCallRequest(
                    source=source,
                    destination=destination,
                    flow_id=flow_id,
                    actions=actions,
                    idempotency_key=idempotency_key,
                ),
                timeout,
            )
        ).call

    def simulate_digits(
        self, call_id: str, *, digits: str = "", idempotency_key: str = "", timeout: float | None = None
    ) -> v1.Call:
        """Makes the remote party of a call press digits, 100 ms each, after those that it has yet to
        press. The response arrives before the digits are pressed; events report their effects. The
        call must have been answered.

        Args:
            call_id: Id of the call.
            digits: The digits: 1 to 64 of 0-9, A-D, `*` and `#`. Together with those that are still
                to be pressed, at most 64.
            idempotency_key: The idempotency key of the request. For 24 hours, a request with the
                same key and the same content has no further effect and returns the first response.
                1 to 128 visible characters. If empty, the client creates one and uses it for all
                attempts.
            timeout: Deadline of all attempts, in seconds. None: the default of the client.
        """
        return (
            self._unary(
                METHODS.SIMULATE_DIGITS,
                v1.SimulateDigitsRequest(call_id=call_id, digits=digits, idempotency_key=idempotency_key),
                timeout,
            )
        ).call

    def simulate_hangup(
        self, call_id: str, *, idempotency_key: str = "", timeout: float | None = None
    ) -> v1.Call:
        """Makes the remote party of a call hang up.

        Args:
            call_id: Id of the call.
            idempotency_key: The idempotency key of the request. For 24 hours, a request with the
                same key and the same content has no further effect and returns the first response.
                1 to 128 visible characters. If empty, the client creates one and uses it for all
                attempts.
            timeout: Deadline of all attempts, in seconds. None: the default of the client.
        """
        return (
            self._unary(
                METHODS.SIMULATE_HANGUP,
                v1.SimulateHangupRequest(call_id=call_id, idempotency_key=idempotency_key),
                timeout,
            )
        ).call

    def list_webhook_deliveries(
        self,
        *,
        page_size: int = 0,
        status: v1.WebhookDeliveryStatus.ValueType = v1.WebhookDeliveryStatus.WEBHOOK_DELIVERY_STATUS_UNSPECIFIED,
        activeflow_id: str = "",
        timeout: float | None = None,
    ) -> Iterator[v1.WebhookDelivery]:
        """Lists deliveries, newest first.

        Args:
            page_size: The maximum number of results. 0 means 100, and values above 1,000 mean
                1,000.
            status: Matches only deliveries with this status. If not set, all.
            activeflow_id: Matches only deliveries about this activeflow. If empty, all.
            timeout: Deadline of all attempts, in seconds. None: the default of the client.
        """
        return self._pages(
            METHODS.LIST_WEBHOOK_DELIVERIES,
            v1.ListWebhookDeliveriesRequest(page_size=page_size, status=status, activeflow_id=activeflow_id),
            lambda page: page.deliveries,
            timeout,
        )

    def get_webhook_delivery(self, id: str, *, timeout: float | None = None) -> v1.WebhookDelivery:
        """Returns a delivery with its body.

        Args:
            id: Id of the delivery.
            timeout: Deadline of all attempts, in seconds. None: the default of the client.
        """
        return (
            self._unary(METHODS.GET_WEBHOOK_DELIVERY, v1.GetWebhookDeliveryRequest(id=id), timeout)
        ).delivery

    def redeliver_webhook(
        self, id: str, *, idempotency_key: str = "", timeout: float | None = None
    ) -> v1.WebhookDelivery:
        """Sends a webhook again, immediately and with as many attempts as at first, under the same
        `webhook-id`. A delivery that is still waiting is attempted immediately.

        Args:
            id: Id of the delivery.
            idempotency_key: The idempotency key of the request. For 24 hours, a request with the
                same key and the same content has no further effect and returns the first response.
                1 to 128 visible characters. If empty, the client creates one and uses it for all
                attempts.
            timeout: Deadline of all attempts, in seconds. None: the default of the client.
        """
        return (
            self._unary(
                METHODS.REDELIVER_WEBHOOK,
                v1.RedeliverWebhookRequest(id=id, idempotency_key=idempotency_key),
                timeout,
            )
        ).delivery

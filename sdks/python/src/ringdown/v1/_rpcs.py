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
        tm_expire: Timestamp | None = None,
        idempotency_key: str = "",
        timeout: float | None = None,
    ) -> v1.AccessKey:
        """Creates an access key. The key itself is in this answer and never shown again.

        Args:
            name: Name for your own use. At most 255 characters.
            detail: Note for your own use. At most 1,000 characters.
            tm_expire: When it stops letting anyone in. Not set: never.
            idempotency_key: The same key with the same request does nothing again and gives the
                first answer, for 24 hours. 1 to 128 visible characters; empty: the client makes one
                for all its tries.
            timeout: Seconds for all tries. None: the client's.
        """
        return (
            self._unary(
                METHODS.CREATE_ACCESS_KEY,
                v1.CreateAccessKeyRequest(
                    name=name, detail=detail, tm_expire=tm_expire, idempotency_key=idempotency_key
                ),
                timeout,
            )
        ).access_key

    def get_access_key(self, id: str, *, timeout: float | None = None) -> v1.AccessKey:
        """Returns an access key, without the key itself.

        Args:
            id: Id of the access key.
            timeout: Seconds for all tries. None: the client's.
        """
        return (self._unary(METHODS.GET_ACCESS_KEY, v1.GetAccessKeyRequest(id=id), timeout)).access_key

    def list_access_keys(self, *, page_size: int = 0, timeout: float | None = None) -> Iterator[v1.AccessKey]:
        """Lists access keys, newest first, without the keys themselves.

        Args:
            page_size: At most this many; 0: 100; more than 1,000 counts as 1,000.
            timeout: Seconds for all tries. None: the client's.
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
        """Replaces name and detail of an access key, both of them. With `update_mask` (REST: `PATCH`)
        only the named fields change. Concurrent updates are applied one after the other, and none
        of them is lost. With `expected_revision` the request is refused if another change came
        first.

        Args:
            id: Id of the access key.
            name: Name for your own use. At most 255 characters.
            detail: Note for your own use. At most 1,000 characters.
            update_mask: The fields to change, as `name`. The other fields keep their values. Not
                set, or `*`: all fields are replaced. REST has no such key: there `PATCH` changes
                the fields that its body holds.
            expected_revision: The revision that the access key must have. If it has another one,
                nothing changes and the answer is ABORTED `STALE_REVISION`, with the current
                revision in the metadata of the error. 0: any revision. In REST the header
                `If-Match` may hold it instead, as the `ETag` of an earlier answer; a mismatch is
                then the HTTP status 412.
            timeout: Seconds for all tries. None: the client's.
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
        """Deletes an access key: it lets no one in from now on.

        Args:
            id: Id of the access key.
            expected_revision: The revision that the access key must have. If it has another one,
                nothing changes and the answer is ABORTED `STALE_REVISION`, with the current
                revision in the metadata of the error. 0: any revision. In REST the header
                `If-Match` may hold it instead, as the `ETag` of an earlier answer; a mismatch is
                then the HTTP status 412.
            timeout: Seconds for all tries. None: the client's.
        """
        return (
            self._unary(
                METHODS.DELETE_ACCESS_KEY,
                v1.DeleteAccessKeyRequest(id=id, expected_revision=expected_revision),
                timeout,
            )
        ).access_key

    def list_action_types(self, *, timeout: float | None = None) -> Iterator[v1.ActionType]:
        """Lists every type of action, with what it does, what it needs and the JSON Schema of its
        option.

        Args:
            timeout: Seconds for all tries. None: the client's.
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
        """Starts a flow without a call. Its actions that need a call are skipped.

        Args:
            id: The id that it gets, a UUID of your own; one that is taken is refused with
                `ID_TAKEN`. Empty: one is made.
            flow_id: The flow to run.
            actions: The actions to run. They become a flow that is in no list.
            on_complete_flow_id: The flow that runs when this one has ended. Empty: the one that the
                flow names.
            variables: Variables that it starts with. `voipbin.` names are the system's and refused.
                At most 1,000 names, 32 KiB a value, 256 KiB in all.
            webhook_uri: Where its events are sent: an http or https address. Empty: nowhere. One
                inside the operator's network is refused (`DESTINATION_NOT_ALLOWED`) unless
                `--outbound-allow` allows it.
            webhook_method: How they are sent: `POST` or `PUT`. Empty: `POST`.
            idempotency_key: The same key with the same request does nothing again and gives the
                first answer, for 24 hours. 1 to 128 visible characters; empty: the client makes one
                for all its tries.
            timeout: Seconds for all tries. None: the client's.
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
            timeout: Seconds for all tries. None: the client's.
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
            page_size: At most this many; 0: 100; more than 1,000 counts as 1,000.
            status: Only activeflows with this status.
            flow_id: Only activeflows of this flow.
            reference_type: Only activeflows that were started by this.
            reference_id: Only activeflows that were started by the call or message with this id.
            timeout: Seconds for all tries. None: the client's.
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
        """Deletes an activeflow. One that runs is stopped first.

        Args:
            id: Id of the activeflow.
            timeout: Seconds for all tries. None: the client's.
        """
        return (self._unary(METHODS.DELETE_ACTIVEFLOW, v1.DeleteActiveflowRequest(id=id), timeout)).activeflow

    def stop_activeflow(
        self, id: str, *, idempotency_key: str = "", timeout: float | None = None
    ) -> v1.Activeflow:
        """Stops an activeflow, and hangs its call up. One that has ended is returned as it is.

        Args:
            id: Id of the activeflow.
            idempotency_key: The same key with the same request does nothing again and gives the
                first answer, for 24 hours. 1 to 128 visible characters; empty: the client makes one
                for all its tries.
            timeout: Seconds for all tries. None: the client's.
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
        """Continues an activeflow that is at a `block`.

        Args:
            id: Id of the activeflow.
            current_action_id: The `block` that it is at. If it is at another action by now it is
                not continued, and the answer is `STALE_ACTION`.
            idempotency_key: The same key with the same request does nothing again and gives the
                first answer, for 24 hours. 1 to 128 visible characters; empty: the client makes one
                for all its tries.
            timeout: Seconds for all tries. None: the client's.
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
        """Puts actions before what would run next. When they are done the flow goes on where it was.

        Args:
            id: Id of the activeflow.
            actions: The actions, 1 to 1,000.
            interrupt: Whether the current action is broken off. Default: false, they run when it is
                over.
            idempotency_key: The same key with the same request does nothing again and gives the
                first answer, for 24 hours. 1 to 128 visible characters; empty: the client makes one
                for all its tries.
            timeout: Seconds for all tries. None: the client's.
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
            timeout: Seconds for all tries. None: the client's.
        """
        return self._unary(METHODS.GET_VARIABLES, v1.GetVariablesRequest(id=id), timeout)

    def set_variables(
        self, id: str, *, variables: Mapping[str, str] | None = None, timeout: float | None = None
    ) -> v1.SetVariablesResponse:
        """Sets variables of an activeflow that runs; the others stay. The next action sees them.

        Args:
            id: Id of the activeflow.
            variables: The variables. `voipbin.` names are the system's and refused. At most 1,000
                names, 32 KiB a value, 256 KiB in all.
            timeout: Seconds for all tries. None: the client's.
        """
        return self._unary(METHODS.SET_VARIABLES, v1.SetVariablesRequest(id=id, variables=variables), timeout)

    def list_activeflow_events(
        self, id: str, *, page_size: int = 0, timeout: float | None = None
    ) -> Iterator[v1.ActiveflowEvent]:
        """Lists what happened to an activeflow, newest first.

        Args:
            id: Id of the activeflow.
            page_size: At most this many; 0: 100; more than 1,000 counts as 1,000.
            timeout: Seconds for all tries. None: the client's.
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
        """Tells of everything that happens to the activeflows that match, as it happens. Nothing is
        left out and no event told twice, across reconnections with `resume_token` and restarts of
        the server. In REST these are Server-Sent Events, and `Last-Event-ID` resumes.

        Args:
            ids: Only these activeflows. At most 1,000.
            flow_id: Only activeflows of this flow.
            reference_type: Only activeflows that were started by this.
            reference_id: Only activeflows that were started by the call or message with this id.
            resume_token: Go on after the response that carried this token. Empty: from now on.
            include_snapshot: First tell the present state of all activeflows that match, then what
                follows, without a gap. `WATCH_TYPE_SNAPSHOT` says how such a watch is resumed
                before its first `PROGRESS`.
            until_ended: End the stream when every activeflow in `ids` has ended and was told. Needs
                `ids`, and tells the present state first.
            progress: Whether responses of type progress are given too. They tell nothing but a
                token.
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
        """Makes one call for each destination. A call's flow starts when the call is answered. In
        REST, `destination` may stand in place of `destinations`; the answer is then one call and
        not a list.

        Args:
            source: Who calls.
            destinations: Who is called: 1 to 20, a call each.
            flow_id: The flow that the calls run.
            actions: The actions that the calls run. They become a flow that is in no list.
            variables: Variables that the flow starts with. `voipbin.` names are the system's and
                refused. At most 1,000 names, 32 KiB a value, 256 KiB in all.
            idempotency_key: The same key with the same request does nothing again and gives the
                first answer, for 24 hours. 1 to 128 visible characters; empty: the client makes one
                for all its tries.
            timeout: Seconds for all tries. None: the client's.
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
            timeout: Seconds for all tries. None: the client's.
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
            page_size: At most this many; 0: 100; more than 1,000 counts as 1,000.
            status: Only calls with this status.
            direction: Only calls in this direction.
            flow_id: Only calls that run this flow.
            activeflow_id: Only calls of this activeflow.
            timeout: Seconds for all tries. None: the client's.
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
        """Deletes a call. One that is not over is hung up first.

        Args:
            id: Id of the call.
            timeout: Seconds for all tries. None: the client's.
        """
        return (self._unary(METHODS.DELETE_CALL, v1.DeleteCallRequest(id=id), timeout)).call

    def hangup_call(self, id: str, *, idempotency_key: str = "", timeout: float | None = None) -> v1.Call:
        """Hangs a call up. One that is over, or being hung up, is returned as it is.

        Args:
            id: Id of the call.
            idempotency_key: The same key with the same request does nothing again and gives the
                first answer, for 24 hours. 1 to 128 visible characters; empty: the client makes one
                for all its tries.
            timeout: Seconds for all tries. None: the client's.
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
        """Speaks a text on a call, at once, in place of what is being spoken. The flow does not move.

        Args:
            id: Id of the call.
            text: The text, plain or SSML: 1 to 5,000 characters.
            gender: Gender of the voice, as `female`, `male` or `neutral`. Empty: the provider's
                choice.
            language: Language, as `en-US`. Empty: the provider's default.
            provider: The speech provider. Empty: the server's default.
            voice_id: The provider's voice. Empty: by language and gender.
            idempotency_key: The same key with the same request does nothing again and gives the
                first answer, for 24 hours. 1 to 128 visible characters; empty: the client makes one
                for all its tries.
            timeout: Seconds for all tries. None: the client's.
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
        """Puts the far end on hold.

        Args:
            id: Id of the call.
            idempotency_key: The same key with the same request does nothing again and gives the
                first answer, for 24 hours. 1 to 128 visible characters; empty: the client makes one
                for all its tries.
            timeout: Seconds for all tries. None: the client's.
        """
        return (
            self._unary(
                METHODS.HOLD_CALL, v1.HoldCallRequest(id=id, idempotency_key=idempotency_key), timeout
            )
        ).call

    def unhold_call(self, id: str, *, timeout: float | None = None) -> v1.Call:
        """Takes the far end off hold.

        Args:
            id: Id of the call.
            timeout: Seconds for all tries. None: the client's.
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
            direction: What to mute. Not set: both ways.
            idempotency_key: The same key with the same request does nothing again and gives the
                first answer, for 24 hours. 1 to 128 visible characters; empty: the client makes one
                for all its tries.
            timeout: Seconds for all tries. None: the client's.
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
            direction: What to unmute. Not set: both ways.
            timeout: Seconds for all tries. None: the client's.
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
        """Sends digits to the far end, at once. The flow does not move.

        Args:
            id: Id of the call.
            digits: The digits: 1 to 100 of 0-9, A-D, `*` and `#`.
            duration_ms: How long each sounds, in milliseconds: 100 to 1,000. Default: 250.
            interval_ms: The pause between them, in milliseconds: 0 to 5,000. Default: 100.
            idempotency_key: The same key with the same request does nothing again and gives the
                first answer, for 24 hours. 1 to 128 visible characters; empty: the client makes one
                for all its tries.
            timeout: Seconds for all tries. None: the client's.
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
        """Records a call, both directions of it, at once. The flow does not move. A call is recorded
        once at a time.

        Args:
            id: Id of the call.
            format: The format. Empty: `wav`, the only one.
            end_of_silence: Ends after so many seconds of silence, up to 3,600. 0: silence does not
                end it.
            end_of_key: The key that ends it: `none`, `any`, `*` or `#`. Empty: `none`.
            duration: Ends after so many seconds, up to 14,400. 0: as late as possible.
            beep_start: Whether a beep tells that it starts.
            on_end_flow_id: A flow that runs when the recording is over. Empty: none.
            idempotency_key: The same key with the same request does nothing again and gives the
                first answer, for 24 hours. 1 to 128 visible characters; empty: the client makes one
                for all its tries.
            timeout: Seconds for all tries. None: the client's.
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
        """Stops the recording of a call, whoever started it. A call that is not recorded is returned
        as it is.

        Args:
            id: Id of the call.
            idempotency_key: The same key with the same request does nothing again and gives the
                first answer, for 24 hours. 1 to 128 visible characters; empty: the client makes one
                for all its tries.
            timeout: Seconds for all tries. None: the client's.
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
        """Tells of every change of the calls that match, as it happens. Nothing is left out and no
        event told twice, across reconnections with `resume_token` and restarts of the server. In
        REST these are Server-Sent Events, and `Last-Event-ID` resumes.

        Args:
            ids: Only these calls. At most 1,000.
            flow_id: Only calls that run this flow.
            activeflow_id: Only calls of this activeflow.
            direction: Only calls in this direction.
            resume_token: Go on after the response that carried this token. Empty: from now on.
            include_snapshot: First tell the present state of all calls that match, then what
                follows, without a gap. `WATCH_TYPE_SNAPSHOT` says how such a watch is resumed
                before its first `PROGRESS`.
            until_ended: End the stream when every call in `ids` is over and was told. Needs `ids`,
                and tells the present state first.
            progress: Whether responses of type progress are given too. They tell nothing but a
                token.
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

    def get_customer(self, *, timeout: float | None = None) -> v1.Customer:
        """Returns the customer whose credential you use, without the secret of its webhooks.

        Args:
            timeout: Seconds for all tries. None: the client's.
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
        """Replaces name, detail and the webhook destination, all of them. The first destination, or
        `rotate_webhook_secret`, makes a secret, which is in this answer and never shown again. With
        `update_mask` (REST: `PATCH`) only the named fields change. Concurrent updates are applied
        one after the other, and none of them is lost. With `expected_revision` the request is
        refused if another change came first.

        Args:
            name: Its name. At most 255 characters.
            detail: Note for your own use. At most 1,000 characters.
            webhook_uri: Where events are sent from now on: an http or https address. Empty:
                nowhere. One inside the operator's network is refused (`DESTINATION_NOT_ALLOWED`)
                unless `--outbound-allow` allows it.
            webhook_method: How they are sent: `POST` or `PUT`. Empty: `POST`.
            rotate_webhook_secret: Makes a new secret. Webhooks are signed with the new one and, for
                24 hours, with the old one too.
            update_mask: The fields to change, as `name,webhook_uri`. The other fields keep their
                values. Not set, or `*`: all fields are replaced. REST has no such key: there
                `PATCH` changes the fields that its body holds.
            expected_revision: The revision that the customer must have. If it has another one,
                nothing changes and the answer is ABORTED `STALE_REVISION`, with the current
                revision in the metadata of the error. 0: any revision. In REST the header
                `If-Match` may hold it instead, as the `ETag` of an earlier answer; a mismatch is
                then the HTTP status 412.
            timeout: Seconds for all tries. None: the client's.
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
        """Creates a flow. It is refused, with every problem told, unless it can run. What runs but may
        surprise is named in the answer's metadata (REST: header) `x-ringdown-warnings`;
        ValidateFlow says it in full.

        Args:
            name: Name for your own use. At most 255 characters.
            detail: Note for your own use. At most 1,000 characters.
            actions: The actions, 1 to 1,000. Ids that are missing are made.
            on_complete_flow_id: The flow that runs when an activeflow of this one has ended. Empty:
                none.
            idempotency_key: The same key with the same request does nothing again and gives the
                first answer, for 24 hours. 1 to 128 visible characters; empty: the client makes one
                for all its tries.
            timeout: Seconds for all tries. None: the client's.
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
            timeout: Seconds for all tries. None: the client's.
        """
        return (self._unary(METHODS.GET_FLOW, v1.GetFlowRequest(id=id), timeout)).flow

    def list_flows(self, *, page_size: int = 0, timeout: float | None = None) -> Iterator[v1.Flow]:
        """Lists flows, newest first.

        Args:
            page_size: At most this many; 0: 100; more than 1,000 counts as 1,000.
            timeout: Seconds for all tries. None: the client's.
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
        """Replaces name, detail, actions and on_complete_flow_id of a flow, all of them. What runs
        already is not changed. Warnings as with CreateFlow. With `update_mask` (REST: `PATCH`) only
        the named fields change. Concurrent updates are applied one after the other, and none of
        them is lost. With `expected_revision` the request is refused if another change came first.

        Args:
            id: Id of the flow.
            name: Name for your own use. At most 255 characters.
            detail: Note for your own use. At most 1,000 characters.
            actions: The actions, 1 to 1,000. Ids that are missing are made.
            on_complete_flow_id: The flow that runs when an activeflow of this one has ended. Empty:
                none.
            update_mask: The fields to change, as `name,actions`. The other fields keep their
                values. Not set, or `*`: all fields are replaced. REST has no such key: there
                `PATCH` changes the fields that its body holds.
            expected_revision: The revision that the flow must have. If it has another one, nothing
                changes and the answer is ABORTED `STALE_REVISION`, with the current revision in the
                metadata of the error. 0: any revision. In REST the header `If-Match` may hold it
                instead, as the `ETag` of an earlier answer; a mismatch is then the HTTP status 412.
            timeout: Seconds for all tries. None: the client's.
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
        """Deletes a flow. What runs already is not changed.

        Args:
            id: Id of the flow.
            expected_revision: The revision that the flow must have. If it has another one, nothing
                changes and the answer is ABORTED `STALE_REVISION`, with the current revision in the
                metadata of the error. 0: any revision. In REST the header `If-Match` may hold it
                instead, as the `ETag` of an earlier answer; a mismatch is then the HTTP status 412.
            timeout: Seconds for all tries. None: the client's.
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
        """Checks actions as CreateFlow does and saves nothing: tells all problems at once, and what
        runs but may surprise.

        Args:
            actions: The actions, 1 to 1,000.
            on_complete_flow_id: The flow that is to run when an activeflow of this one has ended.
                Empty: none.
            reference_type: What will start it: where that is no call, actions that need one are
                warned of. Not set: a call.
            timeout: Seconds for all tries. None: the client's.
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
        """Lists the revisions of a flow, newest first. They never change, and activeflows keep to the
        one that they began with.

        Args:
            id: Id of the flow.
            page_size: At most this many; 0: 100; more than 1,000 counts as 1,000.
            timeout: Seconds for all tries. None: the client's.
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
        """Tells what two revisions of a flow differ in, action by action.

        Args:
            id: Id of the flow.
            from_revision: The older revision. 0: the one before the newer.
            to_revision: The newer revision. 0: the flow's current one.
            timeout: Seconds for all tries. None: the client's.
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
        """Runs a flow against a script of what the far end does, in no time and without a phone, and
        tells what it did. Nothing is sent and nothing is saved.

        Args:
            flow_id: The flow, in its current revision. Exactly one of `flow_id` and `actions` is
                given.
            actions: The actions, 1 to 1,000.
            on_complete_flow_id: The flow that follows `actions`. Empty: none.
            variables: Variables that it begins with.
            script: The lines of the script, at most 1,000 of 4,096 characters. What it says of its
                beginning counts before the fields below.
            start: How it begins. Not set: with an outgoing call.
            clock: When it begins. Not set: 2026-01-05 12:00:00 UTC, a Monday.
            source: Who calls. Not set: +15550000009.
            destination: Who is called. Not set: +15550000001.
            timeout: Seconds for all tries. None: the client's.
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
        """Sends a text message to each destination. The answer comes when the messages are queued:
        GetMessage and the webhook tell what became of them. A message that may have gone out is
        never sent again.

        Args:
            source: Who sends: an address of type `tel`.
            destinations: Who gets one each: 1 to 100 addresses of type `tel`. In REST one may be
                given as `destination`.
            text: The text: 1 to 1,600 characters.
            idempotency_key: The same key with the same request does nothing again and gives the
                first answer, for 24 hours. 1 to 128 visible characters; empty: the client makes one
                for all its tries.
            timeout: Seconds for all tries. None: the client's.
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
        """A text message arrives at one of your numbers and starts the number's message flow, if it
        has one, with reference_type `sms`. For gateways of your own; providers use `POST
        /v1.0/providers/{name}/messages`.

        Args:
            source: Who sent it: an address of type `tel`.
            destination: Who it is for: one of your numbers, as an address of type `tel`.
            text: The text: at most 1,600 characters.
            idempotency_key: The same key with the same request does nothing again and gives the
                first answer, for 24 hours. 1 to 128 visible characters; empty: the client makes one
                for all its tries.
            timeout: Seconds for all tries. None: the client's.
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
            timeout: Seconds for all tries. None: the client's.
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
            page_size: At most this many; 0: 100; more than 1,000 counts as 1,000.
            direction: Only messages of this direction. Not set: all.
            status: Only messages of this status. Not set: all.
            timeout: Seconds for all tries. None: the client's.
        """
        return self._pages(
            METHODS.LIST_MESSAGES,
            v1.ListMessagesRequest(page_size=page_size, direction=direction, status=status),
            lambda page: page.messages,
            timeout,
        )

    def delete_message(self, id: str, *, timeout: float | None = None) -> v1.Message:
        """Deletes a message: it is shown no more. One that is on its way goes all the same.

        Args:
            id: Id of the message.
            timeout: Seconds for all tries. None: the client's.
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
        timeout: float | None = None,
    ) -> v1.Number:
        """Creates a number. It leads to one customer: one that is taken is ALREADY_EXISTS
        `NUMBER_TAKEN`.

        Args:
            number: The number, E.164: `+` and 7 to 15 digits.
            call_flow_id: The flow that a call to it runs. Empty: none.
            message_flow_id: The flow that a message to it runs. Empty: none.
            name: Name for your own use. At most 255 characters.
            detail: Note for your own use. At most 1,000 characters.
            idempotency_key: The same key with the same request does nothing again and gives the
                first answer, for 24 hours. 1 to 128 visible characters; empty: the client makes one
                for all its tries.
            timeout: Seconds for all tries. None: the client's.
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
                ),
                timeout,
            )
        ).number

    def get_number(self, id: str, *, timeout: float | None = None) -> v1.Number:
        """Returns a number.

        Args:
            id: Id of the number, not the number itself.
            timeout: Seconds for all tries. None: the client's.
        """
        return (self._unary(METHODS.GET_NUMBER, v1.GetNumberRequest(id=id), timeout)).number

    def list_numbers(self, *, page_size: int = 0, timeout: float | None = None) -> Iterator[v1.Number]:
        """Lists numbers, newest first.

        Args:
            page_size: At most this many; 0: 100; more than 1,000 counts as 1,000.
            timeout: Seconds for all tries. None: the client's.
        """
        return self._pages(
            METHODS.LIST_NUMBERS,
            v1.ListNumbersRequest(page_size=page_size),
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
        """Replaces the flows, name and detail of a number, all of them. The number itself stays. With
        `update_mask` (REST: `PATCH`) only the named fields change. Concurrent updates are applied
        one after the other, and none of them is lost. With `expected_revision` the request is
        refused if another change came first.

        Args:
            id: Id of the number.
            call_flow_id: The flow that a call to it runs. Empty: none.
            message_flow_id: The flow that a message to it runs. Empty: none.
            name: Name for your own use. At most 255 characters.
            detail: Note for your own use. At most 1,000 characters.
            update_mask: The fields to change, as `call_flow_id,name`. The other fields keep their
                values. Not set, or `*`: all fields are replaced. REST has no such key: there
                `PATCH` changes the fields that its body holds.
            expected_revision: The revision that the number must have. If it has another one,
                nothing changes and the answer is ABORTED `STALE_REVISION`, with the current
                revision in the metadata of the error. 0: any revision. In REST the header
                `If-Match` may hold it instead, as the `ETag` of an earlier answer; a mismatch is
                then the HTTP status 412.
            timeout: Seconds for all tries. None: the client's.
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
        """Deletes a number: it leads nowhere from now on, and is free to be created again.

        Args:
            id: Id of the number, not the number itself.
            expected_revision: The revision that the number must have. If it has another one,
                nothing changes and the answer is ABORTED `STALE_REVISION`, with the current
                revision in the metadata of the error. 0: any revision. In REST the header
                `If-Match` may hold it instead, as the `ETag` of an earlier answer; a mismatch is
                then the HTTP status 412.
            timeout: Seconds for all tries. None: the client's.
        """
        return (
            self._unary(
                METHODS.DELETE_NUMBER,
                v1.DeleteNumberRequest(id=id, expected_revision=expected_revision),
                timeout,
            )
        ).number

    def get_recording(self, id: str, *, timeout: float | None = None) -> v1.Recording:
        """Returns a recording.

        Args:
            id: Id of the recording.
            timeout: Seconds for all tries. None: the client's.
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
            page_size: At most this many; 0: 100; more than 1,000 counts as 1,000.
            status: Only recordings with this status.
            activeflow_id: Only recordings of this activeflow.
            call_id: Only recordings of this call.
            timeout: Seconds for all tries. None: the client's.
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
        """Deletes a recording and its file. One that is not over is refused: stop it first.

        Args:
            id: Id of the recording.
            timeout: Seconds for all tries. None: the client's.
        """
        return (self._unary(METHODS.DELETE_RECORDING, v1.DeleteRecordingRequest(id=id), timeout)).recording

    def download_recording(
        self, id: str, *, offset: int = 0, length: int = 0, timeout: float | None = None
    ) -> Iterator[v1.DownloadRecordingResponse]:
        """Streams the file of a recording that has ended, from its first byte or from another. In REST
        the body is the file, and `Range` says which part of it.

        Args:
            id: Id of the recording.
            offset: How many bytes to leave out at the beginning: 0 to `size` of the recording. A
                download that broke goes on so.
            length: At most this many bytes; 0: all that follow.
            timeout: Seconds for the whole stream. None: no limit.
        """
        return self._stream(
            METHODS.DOWNLOAD_RECORDING,
            v1.DownloadRecordingRequest(id=id, offset=offset, length=length),
            timeout,
        )

    def set_callee(
        self,
        *,
        target: str = "",
        ring_ms: int = 0,
        answer: v1.CalleeAnswer.ValueType = v1.CalleeAnswer.CALLEE_ANSWER_UNSPECIFIED,
        steps: Iterable[str] = (),
        timeout: float | None = None,
    ) -> v1.Callee:
        """Sets what a number does, for your calls only, from the next one on: those that reach it, and
        those that it makes (SimulateIncomingCall), in which it begins its steps when it is
        answered. It is kept, also when the server is started again, until the number is set anew.
        At most 10,000 numbers can be set.

        Args:
            target: The target of an address: a number in E.164, a SIP address or the name of an
                extension. 1 to 255 bytes.
            ring_ms: How long it rings, in milliseconds, at most 3,600,000. 0: 200 ms before it
                answers; not at all before it is busy or rejects. One that never answers rings until
                the call is given up.
            answer: What it does then. Not set: it answers.
            steps: What it does once it has answered, a line a step: `wait_prompt` (waits until the
                prompt that plays, or the next one, is over), `digits "12#"` (presses 1 to 64 keys),
                `silence 2s`, `speak 2s`, `beep`, and as the last one `hangup` or `repeat` (begins
                anew, and needs a `wait_prompt` before it). After the last step it listens. At most
                100 steps and 4,096 bytes; none where it does not answer.
            timeout: Seconds for all tries. None: the client's.
        """
        return (
            self._unary(
                METHODS.SET_CALLEE,
                v1.SetCalleeRequest(target=target, ring_ms=ring_ms, answer=answer, steps=steps),
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
        """A call comes in and runs a flow.

        Args:
            source: Who calls.
            destination: Who is called.
            flow_id: The flow that the call runs.
            actions: The actions that the call runs.
            idempotency_key: The same key with the same request does nothing again and gives the
                first answer, for 24 hours. 1 to 128 visible characters; empty: the client makes one
                for all its tries.
            timeout: Seconds for all tries. None: the client's.
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
        """The far end of a call presses digits, 100 ms each, after those that it has still to press.
        Answers before they are pressed: what comes of them is told by events. The call must have
        been answered.

        Args:
            call_id: Id of the call.
            digits: The digits: 1 to 64 of 0-9, A-D, `*` and `#`. Together with those that it has
                still to press they are at most 64.
            idempotency_key: The same key with the same request does nothing again and gives the
                first answer, for 24 hours. 1 to 128 visible characters; empty: the client makes one
                for all its tries.
            timeout: Seconds for all tries. None: the client's.
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
        """The far end of a call hangs up.

        Args:
            call_id: Id of the call.
            idempotency_key: The same key with the same request does nothing again and gives the
                first answer, for 24 hours. 1 to 128 visible characters; empty: the client makes one
                for all its tries.
            timeout: Seconds for all tries. None: the client's.
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
            page_size: At most this many; 0: 100; more than 1,000 counts as 1,000.
            status: Only deliveries of this status. Not set: all.
            activeflow_id: Only deliveries about this activeflow. Empty: all.
            timeout: Seconds for all tries. None: the client's.
        """
        return self._pages(
            METHODS.LIST_WEBHOOK_DELIVERIES,
            v1.ListWebhookDeliveriesRequest(page_size=page_size, status=status, activeflow_id=activeflow_id),
            lambda page: page.deliveries,
            timeout,
        )

    def get_webhook_delivery(self, id: str, *, timeout: float | None = None) -> v1.WebhookDelivery:
        """Returns a delivery with what it sends.

        Args:
            id: Id of the delivery.
            timeout: Seconds for all tries. None: the client's.
        """
        return (
            self._unary(METHODS.GET_WEBHOOK_DELIVERY, v1.GetWebhookDeliveryRequest(id=id), timeout)
        ).delivery

    def redeliver_webhook(
        self, id: str, *, idempotency_key: str = "", timeout: float | None = None
    ) -> v1.WebhookDelivery:
        """Sends it again, at once and as often as at first, under the same `webhook-id`. One that
        still waits is tried at once.

        Args:
            id: Id of the delivery.
            idempotency_key: The same key with the same request does nothing again and gives the
                first answer, for 24 hours. 1 to 128 visible characters; empty: the client makes one
                for all its tries.
            timeout: Seconds for all tries. None: the client's.
        """
        return (
            self._unary(
                METHODS.REDELIVER_WEBHOOK,
                v1.RedeliverWebhookRequest(id=id, idempotency_key=idempotency_key),
                timeout,
            )
        ).delivery

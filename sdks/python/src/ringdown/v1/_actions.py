# Generated from the contract by sdks/python/generate. Do not edit.
"""The actions of the contract as methods of a flow builder."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Self

from ringdown import v1
from ringdown._steps import Steps, Target


class Actions(Steps):
    """A method for each action. Each returns a new flow with that action at its end."""

    def ai_summary(
        self,
        on_end_flow_id: str | None = None,
        *,
        reference_type: str | None = None,
        reference_id: str | None = None,
        language: str | None = None,
    ) -> Self:
        """Summarizes a conversation.

        Args:
            on_end_flow_id: The flow to run when the summary is available. If absent, none.
            reference_type: What to summarize: `call`, `transcribe` or `recording`. If absent, the
                call of this activeflow.
            reference_id: Id of what to summarize. If absent, the call of this activeflow.
            language: Language of the summary, such as `en-US`. If absent, the provider's default.
        """
        return self._add(
            "ai_summary",
            {
                "on_end_flow_id": on_end_flow_id,
                "reference_type": reference_type,
                "reference_id": reference_id,
                "language": language,
            },
            {},
        )

    def ai_talk(
        self,
        assistance_type: str | None = None,
        *,
        assistance_id: str | None = None,
        ai_id: str | None = None,
        duration: int | None = None,
    ) -> Self:
        """Connects the caller to a voice assistant.

        Args:
            assistance_type: `ai` for a single assistant, or `team`. Default: `ai`.
            assistance_id: Id of the assistant or team.
            ai_id: Id of the assistant, as used by older flows. `assistance_id` takes precedence.
            duration: The maximum duration in seconds. If absent or 0, there is no limit.
        """
        return self._add(
            "ai_talk",
            {
                "assistance_type": assistance_type,
                "assistance_id": assistance_id,
                "ai_id": ai_id,
                "duration": duration,
            },
            {},
        )

    def ai_task(
        self,
        assistance_type: str | None = None,
        *,
        assistance_id: str | None = None,
        ai_id: str | None = None,
    ) -> Self:
        """Gives a task to an assistant.

        Args:
            assistance_type: `ai` for a single assistant, or `team`. Default: `ai`.
            assistance_id: Id of the assistant or team.
            ai_id: Id of the assistant, as used by older flows. `assistance_id` takes precedence.
        """
        return self._add(
            "ai_task",
            {"assistance_type": assistance_type, "assistance_id": assistance_id, "ai_id": ai_id},
            {},
        )

    def amd(self, machine_handle: str | None = None, *, async_: bool | None = None) -> Self:
        """Detects whether a human or a machine answered.

        Args:
            machine_handle: What to do if a machine answers: `continue` or `hangup`. Default:
                `continue`.
            async_: Whether the flow continues in the meantime. Default: false.
        """
        return self._add("amd", {"machine_handle": machine_handle, "async": async_}, {})

    def answer(self) -> Self:
        """Answers an incoming call."""
        return self._add("answer", {}, {})

    def beep(self) -> Self:
        """Plays a beep."""
        return self._add("beep", {}, {})

    def block(self, timeout_ms: int | None = None) -> Self:
        """Waits until a request continues the flow.

        Args:
            timeout_ms: The maximum wait in milliseconds. If absent, there is no limit.
        """
        return self._add("block", {"timeout_ms": timeout_ms}, {})

    def branch(
        self,
        variable: str | None = None,
        *,
        target_ids: Mapping[str, Target] | None = None,
        default_target_id: Target | None = None,
    ) -> Self:
        """Jumps to an action that depends on the value of a variable.

        Args:
            variable: Name of the variable. Default: `voipbin.call.digits`, the digits that were
                collected last.
            target_ids: The actions to jump to, by value of the variable.
            default_target_id: The action to jump to if no value matches.
        """
        return self._add(
            "branch",
            {"variable": variable},
            {"target_ids": target_ids, "default_target_id": default_target_id},
        )

    def call(
        self,
        *destinations: v1.Address,
        source: v1.Address | None = None,
        flow_id: str | None = None,
        actions: Iterable[v1.Action] = (),
        chained: bool | None = None,
        early_execution: bool | None = None,
        anonymous: str | None = None,
    ) -> Self:
        """Makes new calls.

        Args:
            destinations: The addresses to call: 1 to 20. Each gets its own call.
            source: The caller. If absent, the source of the current call.
            flow_id: The flow that the new calls run.
            actions: The actions that the new calls run. Variables (`${…}`) in them are filled in by
                the new calls, not by this flow.
            chained: Whether the new calls end together with this one: at most 1,000 of them.
                Default: false.
            early_execution: Whether the flow starts as soon as the new call rings. Default: false,
                it starts when the call is answered.
            anonymous: Whether to withhold the caller's number: `auto`, `yes` or `no`. Default:
                `auto`.
        """
        return self._add(
            "call",
            {
                "destinations": destinations,
                "source": source,
                "flow_id": flow_id,
                "actions": actions,
                "chained": chained,
                "early_execution": early_execution,
                "anonymous": anonymous,
            },
            {},
        )

    def case_create(
        self,
        name: str | None = None,
        *,
        detail: str | None = None,
        note: str | None = None,
        sync: bool | None = None,
    ) -> Self:
        """Opens a case.

        Args:
            name: Name of the case.
            detail: Description of the case.
            note: The first note of the case. If absent, none.
            sync: Whether the flow waits until the action is done. Default: false.
        """
        return self._add("case_create", {"name": name, "detail": detail, "note": note, "sync": sync}, {})

    def condition_call_digits(
        self, length: int | None = None, *, key: str | None = None, false_target_id: Target | None = None
    ) -> Self:
        """Continues if the caller has pressed enough digits, or else jumps.

        Args:
            length: The minimum number of digits. If absent or 0, digits are not counted.
            key: Keys, one of which must be among the digits: a set of 0-9, A-D, `*` and `#`. If
                absent, no key is checked.
            false_target_id: The action to jump to if the condition is false.
        """
        return self._add(
            "condition_call_digits", {"length": length, "key": key}, {"false_target_id": false_target_id}
        )

    def condition_call_status(
        self, status: str | None = None, *, false_target_id: Target | None = None
    ) -> Self:
        """Continues if the call has a given status, or else jumps.

        Args:
            status: The status: `dialing`, `ringing`, `progressing`, `terminating`, `canceling` or
                `hangup`.
            false_target_id: The action to jump to if the condition is false.
        """
        return self._add("condition_call_status", {"status": status}, {"false_target_id": false_target_id})

    def condition_datetime(
        self,
        condition: str | None = None,
        *,
        minute: int | None = None,
        hour: int | None = None,
        day: int | None = None,
        month: int | None = None,
        weekdays: Iterable[int] = (),
        timezone: str | None = None,
        false_target_id: Target | None = None,
    ) -> Self:
        """Continues if the current time matches, or else jumps.

        Args:
            condition: The comparison: `==`, `!=`, `>`, `>=`, `<` or `<=`.
            minute: The minute, 0 to 59. If absent or -1, any minute.
            hour: The hour, 0 to 23. If absent or -1, any hour.
            day: The day of the month, 1 to 31. If absent, 0 or -1, any day.
            month: The month, 1 to 12. If absent, 0 or -1, any month.
            weekdays: The days of the week, from 0 (Sunday) to 6. If empty, any day.
            timezone: Name of the time zone, such as `Europe/Berlin`. Default: `UTC`.
            false_target_id: The action to jump to if the condition is false.
        """
        return self._add(
            "condition_datetime",
            {
                "condition": condition,
                "minute": minute,
                "hour": hour,
                "day": day,
                "month": month,
                "weekdays": weekdays,
                "timezone": timezone,
            },
            {"false_target_id": false_target_id},
        )

    def condition_variable(
        self,
        condition: str | None = None,
        *,
        variable: str | None = None,
        value_type: str | None = None,
        value_string: str | None = None,
        value_number: float | None = None,
        value_length: int | None = None,
        false_target_id: Target | None = None,
    ) -> Self:
        """Continues if a variable matches, or else jumps.

        Args:
            condition: The comparison: `==`, `!=`, `>`, `>=`, `<` or `<=`.
            variable: The text to compare, usually with `${name}` in it. The bare name of an
                existing variable is accepted as well.
            value_type: What to compare: `string` compares with `value_string`, `number` compares
                with `value_number` (and is false for text that is not a number), `length` compares
                the number of characters with `value_length`. Default: `string`.
            value_string: The string to compare with.
            value_number: The number to compare with.
            value_length: The length to compare with.
            false_target_id: The action to jump to if the condition is false.
        """
        return self._add(
            "condition_variable",
            {
                "condition": condition,
                "variable": variable,
                "value_type": value_type,
                "value_string": value_string,
                "value_number": value_number,
                "value_length": value_length,
            },
            {"false_target_id": false_target_id},
        )

    def confbridge_join(self, confbridge_id: str | None = None) -> Self:
        """Joins the bridge of a conference.

        Args:
            confbridge_id: Id of the bridge.
        """
        return self._add("confbridge_join", {"confbridge_id": confbridge_id}, {})

    def conference_join(self, conference_id: str | None = None) -> Self:
        """Joins a conference.

        Args:
            conference_id: Id of the conference.
        """
        return self._add("conference_join", {"conference_id": conference_id}, {})

    def connect(
        self,
        *destinations: v1.Address,
        source: v1.Address | None = None,
        early_media: bool | None = None,
        relay_reason: bool | None = None,
        anonymous: str | None = None,
        timeout_ms: int | None = None,
    ) -> Self:
        """Connects the call to another party.

        Args:
            destinations: The addresses to dial: 1 to 20.
            source: The caller. If absent, the source of the current call.
            early_media: Whether the caller hears the remote party before it answers. Default:
                false.
            relay_reason: Whether to hang up the caller with the hang-up reason of the last
                destination. Default: false.
            anonymous: Whether to withhold the caller's number: `auto`, `yes` or `no`. Default:
                `auto`.
            timeout_ms: How long to let the destinations ring, in milliseconds. Default: 60,000.
        """
        return self._add(
            "connect",
            {
                "destinations": destinations,
                "source": source,
                "early_media": early_media,
                "relay_reason": relay_reason,
                "anonymous": anonymous,
                "timeout_ms": timeout_ms,
            },
            {},
        )

    def conversation_send(
        self, conversation_id: str | None = None, *, text: str | None = None, sync: bool | None = None
    ) -> Self:
        """Sends a message to a conversation.

        Args:
            conversation_id: Id of the conversation.
            text: The text.
            sync: Whether the flow waits until the action is done. Default: false.
        """
        return self._add(
            "conversation_send", {"conversation_id": conversation_id, "text": text, "sync": sync}, {}
        )

    def digits_receive(
        self, length: int | None = None, *, duration: int | None = None, key: str | None = None
    ) -> Self:
        """Collects digits that the caller presses.

        Args:
            length: The number of digits to collect. 0 means no limit. Default: 1.
            duration: How long to wait, in milliseconds. Default: 5,000.
            key: Keys that end the collection and are kept in the result: a set of 0-9, A-D, `*` and
                `#`. If absent, none.
        """
        return self._add("digits_receive", {"length": length, "duration": duration, "key": key}, {})

    def digits_send(
        self, digits: str | None = None, *, duration: int | None = None, interval: int | None = None
    ) -> Self:
        """Sends digits.

        Args:
            digits: The digits: 1 to 100 of 0-9, A-D, `*` and `#`.
            duration: How long each digit sounds, in milliseconds: 100 to 1,000. Default: 250.
            interval: The pause between digits, in milliseconds: 0 to 5,000. Default: 100.
        """
        return self._add("digits_send", {"digits": digits, "duration": duration, "interval": interval}, {})

    def echo(self, duration: int | None = None) -> Self:
        """Plays the caller's audio back.

        Args:
            duration: The duration in milliseconds. Default: 180,000.
        """
        return self._add("echo", {"duration": duration}, {})

    def email_send(
        self,
        *destinations: v1.Address,
        subject: str | None = None,
        content: str | None = None,
        attachments: Iterable[v1.EmailAttachment] = (),
    ) -> Self:
        """Sends an email.

        Args:
            destinations: The recipients: addresses of type `email`.
            subject: The subject.
            content: The text.
            attachments: The files to attach.
        """
        return self._add(
            "email_send",
            {
                "destinations": destinations,
                "subject": subject,
                "content": content,
                "attachments": attachments,
            },
            {},
        )

    def external_media_start(
        self,
        external_host: str | None = None,
        *,
        encapsulation: str | None = None,
        transport: str | None = None,
        transport_data: str | None = None,
        connection_type: str | None = None,
        format: str | None = None,
        direction_listen: str | None = None,
        direction_speak: str | None = None,
        data: str | None = None,
    ) -> Self:
        """Starts streaming the call's audio to a host.

        Args:
            external_host: The host and port, for example `203.0.113.7:4000`.
            encapsulation: How the audio is encapsulated. Default: `rtp`.
            transport: The transport protocol. Default: `udp`.
            transport_data: Additional data for the transport. If absent, none.
            connection_type: Which side opens the connection. Default: `client`, this server.
            format: The audio format. Default: `ulaw`.
            direction_listen: Which audio is sent to the host: `both`, `in` or `out`. If absent,
                none.
            direction_speak: Where audio from the host is played: `both`, `in` or `out`. If absent,
                nowhere.
            data: Text to pass to the host. If absent, none.
        """
        return self._add(
            "external_media_start",
            {
                "external_host": external_host,
                "encapsulation": encapsulation,
                "transport": transport,
                "transport_data": transport_data,
                "connection_type": connection_type,
                "format": format,
                "direction_listen": direction_listen,
                "direction_speak": direction_speak,
                "data": data,
            },
            {},
        )

    def external_media_stop(self) -> Self:
        """Stops streaming the call's audio."""
        return self._add("external_media_stop", {}, {})

    def fetch(
        self, event_url: str | None = None, *, event_method: str | None = None, timeout_ms: int | None = None
    ) -> Self:
        """Runs actions that a web server returns.

        Args:
            event_url: The URL to request.
            event_method: The HTTP method: `POST` or `GET`. Default: `POST`.
            timeout_ms: The maximum wait in milliseconds. Default: 10,000.
        """
        return self._add(
            "fetch", {"event_url": event_url, "event_method": event_method, "timeout_ms": timeout_ms}, {}
        )

    def fetch_flow(self, flow_id: str | None = None) -> Self:
        """Runs another flow as part of this one.

        Args:
            flow_id: The flow to run, in its latest revision.
        """
        return self._add("fetch_flow", {"flow_id": flow_id}, {})

    def goto(self, target_id: Target | None = None, *, loop_count: int | None = None) -> Self:
        """Jumps to an action, a limited number of times.

        Args:
            target_id: The action to jump to.
            loop_count: The number of jumps, counted for each run of the list of actions that
                contains this one.
        """
        return self._add("goto", {"loop_count": loop_count}, {"target_id": target_id})

    def hangup(self, reason: str | None = None, *, reference_id: str | None = None) -> Self:
        """Hangs up the call.

        Args:
            reason: The hang-up reason: `normal`, `busy`, `noanswer`, `cancel`, `dialout`,
                `timeout`, `failed` or `amd`. Default: `normal`.
            reference_id: Id of a call whose hang-up reason is used instead. If absent, none.
        """
        return self._add("hangup", {"reason": reason, "reference_id": reference_id}, {})

    def hold(self) -> Self:
        """Puts the remote party on hold."""
        return self._add("hold", {}, {})

    def message_send(
        self, *destinations: v1.Address, source: v1.Address | None = None, text: str | None = None
    ) -> Self:
        """Sends text messages.

        Args:
            destinations: The recipients. Each gets its own message.
            source: The sender. If absent, your own side of the call or message, such as the number
                that was called or written to.
            text: The text.
        """
        return self._add("message_send", {"destinations": destinations, "source": source, "text": text}, {})

    def mute(self, direction: str | None = None) -> Self:
        """Mutes the call.

        Args:
            direction: What to mute: `in` (what the remote party says), `out` (what it hears) or
                `both`. Default: `both`.
        """
        return self._add("mute", {"direction": direction}, {})

    def play(self, *stream_urls: str) -> Self:
        """Plays media files.

        Args:
            stream_urls: The files to play: 1 to 20 URLs of WAV or MP3 files.
        """
        return self._add("play", {"stream_urls": stream_urls}, {})

    def queue_join(self, queue_id: str | None = None) -> Self:
        """Waits in a queue for an agent.

        Args:
            queue_id: Id of the queue.
        """
        return self._add("queue_join", {"queue_id": queue_id}, {})

    def recording_start(
        self,
        format: str | None = None,
        *,
        end_of_silence: int | None = None,
        end_of_key: str | None = None,
        duration: int | None = None,
        beep_start: bool | None = None,
        on_end_flow_id: str | None = None,
    ) -> Self:
        """Starts recording the call.

        Args:
            format: The file format. Default: `wav`.
            end_of_silence: Seconds of silence that end the recording. If absent or 0, silence does
                not end it.
            end_of_key: The key that ends the recording: `none`, `any`, `*` or `#`. Default: `none`.
            duration: The maximum duration in seconds. If absent or 0, there is no limit.
            beep_start: Whether to play a beep when the recording starts. Default: false.
            on_end_flow_id: The flow to run when the recording has ended. If absent, none.
        """
        return self._add(
            "recording_start",
            {
                "format": format,
                "end_of_silence": end_of_silence,
                "end_of_key": end_of_key,
                "duration": duration,
                "beep_start": beep_start,
                "on_end_flow_id": on_end_flow_id,
            },
            {},
        )

    def recording_stop(self) -> Self:
        """Stops recording the call."""
        return self._add("recording_stop", {}, {})

    def sleep(self, duration: int | None = None) -> Self:
        """Waits for a fixed time.

        Args:
            duration: The duration in milliseconds.
        """
        return self._add("sleep", {"duration": duration}, {})

    def stop(self) -> Self:
        """Ends the activeflow."""
        return self._add("stop", {}, {})

    def stream_echo(self, duration: int | None = None) -> Self:
        """Plays the caller's audio and digits back.

        Args:
            duration: The duration in milliseconds. Default: 180,000.
        """
        return self._add("stream_echo", {"duration": duration}, {})

    def talk(
        self,
        text: str | None = None,
        *,
        gender: str | None = None,
        language: str | None = None,
        provider: str | None = None,
        voice_id: str | None = None,
        digits_handle: str | None = None,
        async_: bool | None = None,
    ) -> Self:
        """Speaks a text.

        Args:
            text: The text to speak, plain or SSML: 1 to 5,000 characters.
            gender: Gender of the voice, such as `female`, `male` or `neutral`. If absent, the
                provider chooses.
            language: The language, such as `en-US`. If absent, the provider's default.
            provider: The speech provider. If absent, the server's default.
            voice_id: The provider's voice. If absent, it is chosen by language and gender.
            digits_handle: If `next`, the first digit stops the speech and counts as input of the
                following action. If empty or absent, digits do not interrupt the speech.
            async_: Whether the flow continues in the meantime. Default: false.
        """
        return self._add(
            "talk",
            {
                "text": text,
                "gender": gender,
                "language": language,
                "provider": provider,
                "voice_id": voice_id,
                "digits_handle": digits_handle,
                "async": async_,
            },
            {},
        )

    def transcribe_recording(
        self,
        language: str | None = None,
        *,
        provider: str | None = None,
        direction: str | None = None,
        on_end_flow_id: str | None = None,
    ) -> Self:
        """Transcribes the recordings of the call.

        Args:
            language: The language, such as `en-US`. If absent, the provider's default.
            provider: The provider. If absent, the server's default.
            direction: Which side to transcribe: `both`, `in` or `out`. Default: `both`.
            on_end_flow_id: The flow to run when the transcript is complete. If absent, none.
        """
        return self._add(
            "transcribe_recording",
            {
                "language": language,
                "provider": provider,
                "direction": direction,
                "on_end_flow_id": on_end_flow_id,
            },
            {},
        )

    def transcribe_start(
        self,
        language: str | None = None,
        *,
        provider: str | None = None,
        direction: str | None = None,
        on_end_flow_id: str | None = None,
    ) -> Self:
        """Starts transcribing the call.

        Args:
            language: The language, such as `en-US`. If absent, the provider's default.
            provider: The provider. If absent, the server's default.
            direction: Which side to transcribe: `both`, `in` or `out`. Default: `both`.
            on_end_flow_id: The flow to run when the transcription has ended. If absent, none.
        """
        return self._add(
            "transcribe_start",
            {
                "language": language,
                "provider": provider,
                "direction": direction,
                "on_end_flow_id": on_end_flow_id,
            },
            {},
        )

    def transcribe_stop(self) -> Self:
        """Stops transcribing the call."""
        return self._add("transcribe_stop", {}, {})

    def unhold(self) -> Self:
        """Takes the remote party off hold."""
        return self._add("unhold", {}, {})

    def unmute(self, direction: str | None = None) -> Self:
        """Unmutes the call.

        Args:
            direction: What to unmute: `in`, `out` or `both`. Default: `both`.
        """
        return self._add("unmute", {"direction": direction}, {})

    def variable_set(self, key: str | None = None, *, value: str | None = None) -> Self:
        """Sets a variable.

        Args:
            key: Name of the variable. Names that begin with `voipbin.` are reserved for the system
                and cannot be set.
            value: The value. At most 32 KiB.
        """
        return self._add("variable_set", {"key": key, "value": value}, {})

    def webhook_send(
        self,
        uri: str | None = None,
        *,
        sync: bool | None = None,
        method: str | None = None,
        data_type: str | None = None,
        data: str | None = None,
        timeout_ms: int | None = None,
    ) -> Self:
        """Sends an HTTP request.

        Args:
            uri: The URL to send the request to.
            sync: Whether the flow waits for the response. Default: false.
            method: The HTTP method: `POST`, `GET`, `PUT` or `DELETE`. Default: `POST`.
            data_type: Content type of the body. Default: `application/json`.
            data: The body.
            timeout_ms: The maximum wait in milliseconds. Default: 10,000.
        """
        return self._add(
            "webhook_send",
            {
                "uri": uri,
                "sync": sync,
                "method": method,
                "data_type": data_type,
                "data": data,
                "timeout_ms": timeout_ms,
            },
            {},
        )

# Generated from the contract by sdks/python/generate. Do not edit.
"""The actions of the contract as methods of a flow builder."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Self

from ringdown import v1
from ringdown._steps import Steps, Target


class Actions(Steps):
    """A method for each action. Each gives a new flow with that action at its end."""

    def ai_summary(
        self,
        on_end_flow_id: str | None = None,
        *,
        reference_type: str | None = None,
        reference_id: str | None = None,
        language: str | None = None,
    ) -> Self:
        """Sums a conversation up.

        Args:
            on_end_flow_id: A flow that runs when the summary is there. Absent: none.
            reference_type: What is summed up: `call`, `transcribe` or `recording`. Absent: the call
                of this activeflow.
            reference_id: The id of what is summed up. Absent: the call of this activeflow.
            language: Language of the summary, as `en-US`. Absent: the provider's default.
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
        """Lets an assistant talk with the caller.

        Args:
            assistance_type: `ai` (one assistant) or `team`. Default: `ai`.
            assistance_id: The assistant or the team.
            ai_id: The assistant, as older flows name it; `assistance_id` counts first.
            duration: Ends after so many seconds. Absent or 0: no limit.
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
        """Gives an assistant a task.

        Args:
            assistance_type: `ai` (one assistant) or `team`. Default: `ai`.
            assistance_id: The assistant or the team.
            ai_id: The assistant, as older flows name it; `assistance_id` counts first.
        """
        return self._add(
            "ai_task",
            {"assistance_type": assistance_type, "assistance_id": assistance_id, "ai_id": ai_id},
            {},
        )

    def amd(self, machine_handle: str | None = None, *, async_: bool | None = None) -> Self:
        """Tells a human from a machine.

        Args:
            machine_handle: What to do when a machine answers: `continue` or `hangup`. Default:
                `continue`.
            async_: Whether the flow goes on meanwhile. Default: false.
        """
        return self._add("amd", {"machine_handle": machine_handle, "async": async_}, {})

    def answer(self) -> Self:
        """Answers an incoming call."""
        return self._add("answer", {}, {})

    def beep(self) -> Self:
        """Plays a beep."""
        return self._add("beep", {}, {})

    def block(self, timeout_ms: int | None = None) -> Self:
        """Waits to be continued from outside.

        Args:
            timeout_ms: Longest wait in milliseconds. Absent: no limit.
        """
        return self._add("block", {"timeout_ms": timeout_ms}, {})

    def branch(
        self,
        variable: str | None = None,
        *,
        target_ids: Mapping[str, Target] | None = None,
        default_target_id: Target | None = None,
    ) -> Self:
        """Jumps by the value of a variable.

        Args:
            variable: Name of the variable. Default: `voipbin.call.digits`, the digits that were
                collected last.
            target_ids: The action to jump to, by value of the variable.
            default_target_id: The action to jump to when no value matches.
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
            destinations: Who is called: 1 to 20, a call each.
            source: Who calls. Absent: the source of the call.
            flow_id: The flow that the new calls run.
            actions: The actions that the new calls run. Their `${…}` is read in the new calls, not
                here.
            chained: Whether the new calls end with this one. Default: false.
            early_execution: Whether the flow starts as soon as it rings. Default: false, when it is
                answered.
            anonymous: Whether the caller's number is withheld: `auto`, `yes` or `no`. Default:
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
            detail: What it is about.
            note: Its first note. Absent: none.
            sync: Whether the flow waits for it. Default: false.
        """
        return self._add("case_create", {"name": name, "detail": detail, "note": note, "sync": sync}, {})

    def condition_call_digits(
        self, length: int | None = None, *, key: str | None = None, false_target_id: Target | None = None
    ) -> Self:
        """Goes on if the caller has pressed enough digits.

        Args:
            length: At least this many digits. Absent or 0: digits are not counted.
            key: One of these keys is among the digits: a set of 0-9, A-D, `*` and `#`. Absent:
                none.
            false_target_id: The action to jump to when the condition does not hold.
        """
        return self._add(
            "condition_call_digits", {"length": length, "key": key}, {"false_target_id": false_target_id}
        )

    def condition_call_status(
        self, status: str | None = None, *, false_target_id: Target | None = None
    ) -> Self:
        """Goes on if the call has a status.

        Args:
            status: The status: `dialing`, `ringing`, `progressing`, `terminating`, `canceling` or
                `hangup`.
            false_target_id: The action to jump to when the condition does not hold.
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
        """Goes on if the time is right.

        Args:
            condition: `==`, `!=`, `>`, `>=`, `<` or `<=`.
            minute: Minute, 0 to 59. Absent or -1: any.
            hour: Hour, 0 to 23. Absent or -1: any.
            day: Day of the month, 1 to 31. Absent, 0 or -1: any.
            month: Month, 1 to 12. Absent, 0 or -1: any.
            weekdays: Days of the week, 0 (Sunday) to 6. Empty: any.
            timezone: Name of the time zone, as `Europe/Berlin`. Default: `UTC`.
            false_target_id: The action to jump to when the condition does not hold.
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
        """Goes on if a variable compares.

        Args:
            condition: `==`, `!=`, `>`, `>=`, `<` or `<=`.
            variable: Text with `${name}` in it. The bare name of a variable that exists is read
                too.
            value_type: What to compare with: `string` (`value_string`), `number` (`value_number`;
                text that is no number does not hold) or `length` (the number of characters with
                `value_length`). Default: `string`.
            value_string: The string to compare with.
            value_number: The number to compare with.
            value_length: The length to compare with.
            false_target_id: The action to jump to when the condition does not hold.
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
            confbridge_id: The bridge.
        """
        return self._add("confbridge_join", {"confbridge_id": confbridge_id}, {})

    def conference_join(self, conference_id: str | None = None) -> Self:
        """Joins a conference.

        Args:
            conference_id: The conference.
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
        """Connects the call to someone.

        Args:
            destinations: Who is called: 1 to 20.
            source: Who calls. Absent: the source of the call.
            early_media: Whether the caller hears the far end before it answers. Default: false.
            relay_reason: Whether the caller is hung up with the reason of the last destination.
                Default: false.
            anonymous: Whether the caller's number is withheld: `auto`, `yes` or `no`. Default:
                `auto`.
            timeout_ms: How long to ring, in milliseconds. Default: 60,000.
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
        """Writes to a conversation.

        Args:
            conversation_id: The conversation.
            text: The text.
            sync: Whether the flow waits for it. Default: false.
        """
        return self._add(
            "conversation_send", {"conversation_id": conversation_id, "text": text, "sync": sync}, {}
        )

    def digits_receive(
        self, length: int | None = None, *, duration: int | None = None, key: str | None = None
    ) -> Self:
        """Collects digits.

        Args:
            length: How many digits to collect; 0: no limit. Default: 1.
            duration: How long to wait, in milliseconds. Default: 5,000.
            key: Keys that end it, and are kept in the result: a set of 0-9, A-D, `*` and `#`.
                Absent: none.
        """
        return self._add("digits_receive", {"length": length, "duration": duration, "key": key}, {})

    def digits_send(
        self, digits: str | None = None, *, duration: int | None = None, interval: int | None = None
    ) -> Self:
        """Sends digits.

        Args:
            digits: The digits: 1 to 100 of 0-9, A-D, `*` and `#`.
            duration: How long each sounds, in milliseconds: 100 to 1,000. Default: 250.
            interval: The pause between them, in milliseconds: 0 to 5,000. Default: 100.
        """
        return self._add("digits_send", {"digits": digits, "duration": duration, "interval": interval}, {})

    def echo(self, duration: int | None = None) -> Self:
        """Sends the caller's audio back.

        Args:
            duration: How long, in milliseconds. Default: 180,000.
        """
        return self._add("echo", {"duration": duration}, {})

    def email_send(
        self,
        *destinations: v1.Address,
        subject: str | None = None,
        content: str | None = None,
        attachments: Iterable[v1.EmailAttachment] = (),
    ) -> Self:
        """Sends mail.

        Args:
            destinations: Who it goes to: addresses of type `email`.
            subject: The subject.
            content: The text.
            attachments: Files to go with it.
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
        """Copies the call's audio to a host.

        Args:
            external_host: The host and port, as `203.0.113.7:4000`.
            encapsulation: How the audio is wrapped. Default: `rtp`.
            transport: The transport. Default: `udp`.
            transport_data: What the transport needs besides. Absent: nothing.
            connection_type: Which side connects. Default: `client`, this server.
            format: The audio format. Default: `ulaw`.
            direction_listen: What is sent: `both`, `in` or `out`. Absent: nothing.
            direction_speak: Where received audio is played: `both`, `in` or `out`. Absent: nowhere.
            data: Text for the host. Absent: none.
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
        """Stops copying the call's audio."""
        return self._add("external_media_stop", {}, {})

    def fetch(
        self, event_url: str | None = None, *, event_method: str | None = None, timeout_ms: int | None = None
    ) -> Self:
        """Runs actions that a web server answers with.

        Args:
            event_url: Where to ask.
            event_method: `POST` or `GET`. Default: `POST`.
            timeout_ms: Longest wait in milliseconds. Default: 10,000.
        """
        return self._add(
            "fetch", {"event_url": event_url, "event_method": event_method, "timeout_ms": timeout_ms}, {}
        )

    def fetch_flow(self, flow_id: str | None = None) -> Self:
        """Runs another flow as a part of this one.

        Args:
            flow_id: The flow, in its newest revision.
        """
        return self._add("fetch_flow", {"flow_id": flow_id}, {})

    def goto(self, target_id: Target | None = None, *, loop_count: int | None = None) -> Self:
        """Jumps, a number of times.

        Args:
            target_id: The action to jump to.
            loop_count: How often to jump, in the life of the list of actions that holds this one.
        """
        return self._add("goto", {"loop_count": loop_count}, {"target_id": target_id})

    def hangup(self, reason: str | None = None, *, reference_id: str | None = None) -> Self:
        """Hangs the call up.

        Args:
            reason: The reason: `normal`, `busy`, `noanswer`, `cancel`, `dialout`, `timeout`,
                `failed` or `amd`. Default: `normal`.
            reference_id: A call whose reason is taken instead. Absent: none.
        """
        return self._add("hangup", {"reason": reason, "reference_id": reference_id}, {})

    def hold(self) -> Self:
        """Puts the far end on hold."""
        return self._add("hold", {}, {})

    def message_send(
        self, *destinations: v1.Address, source: v1.Address | None = None, text: str | None = None
    ) -> Self:
        """Sends text messages.

        Args:
            destinations: Who gets one.
            source: Who sends. Absent: our own side of the call or message, the number that was
                called or written to.
            text: The text.
        """
        return self._add("message_send", {"destinations": destinations, "source": source, "text": text}, {})

    def mute(self, direction: str | None = None) -> Self:
        """Mutes the call.

        Args:
            direction: What is muted: `in` (what the far end says), `out` (what it hears) or `both`.
                Default: `both`.
        """
        return self._add("mute", {"direction": direction}, {})

    def play(self, *stream_urls: str) -> Self:
        """Plays media files.

        Args:
            stream_urls: Where they are: 1 to 20 URLs of WAV or MP3 files.
        """
        return self._add("play", {"stream_urls": stream_urls}, {})

    def queue_join(self, queue_id: str | None = None) -> Self:
        """Waits in a queue for an agent.

        Args:
            queue_id: The queue.
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
            format: The format. Default: `wav`.
            end_of_silence: Ends after so many seconds of silence. Absent or 0: silence does not end
                it.
            end_of_key: The key that ends it: `none`, `any`, `*` or `#`. Default: `none`.
            duration: Ends after so many seconds. Absent or 0: no limit.
            beep_start: Whether a beep tells that it starts. Default: false.
            on_end_flow_id: A flow that runs when the recording is over. Absent: none.
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
        """Waits.

        Args:
            duration: How long, in milliseconds.
        """
        return self._add("sleep", {"duration": duration}, {})

    def stop(self) -> Self:
        """Ends the activeflow."""
        return self._add("stop", {}, {})

    def stream_echo(self, duration: int | None = None) -> Self:
        """Sends the caller's audio and digits back.

        Args:
            duration: How long, in milliseconds. Default: 180,000.
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
            text: The text, plain or SSML: 1 to 5,000 characters.
            gender: Gender of the voice, as `female`, `male` or `neutral`. Absent: the provider's
                choice.
            language: Language, as `en-US`. Absent: the provider's default.
            provider: The speech provider. Absent: the server's default.
            voice_id: The provider's voice. Absent: by language and gender.
            digits_handle: `next`: the first digit cuts the speech off and counts for what comes
                next. Empty or absent: digits do not disturb.
            async_: Whether the flow goes on meanwhile. Default: false.
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
        """Turns the call's recordings into text.

        Args:
            language: Language, as `en-US`. Absent: the provider's default.
            provider: The provider. Absent: the server's default.
            direction: Who is transcribed: `both`, `in` or `out`. Default: `both`.
            on_end_flow_id: A flow that runs when it is done. Absent: none.
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
        """Starts turning speech into text.

        Args:
            language: Language, as `en-US`. Absent: the provider's default.
            provider: The provider. Absent: the server's default.
            direction: Who is transcribed: `both`, `in` or `out`. Default: `both`.
            on_end_flow_id: A flow that runs when it is over. Absent: none.
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
        """Stops turning speech into text."""
        return self._add("transcribe_stop", {}, {})

    def unhold(self) -> Self:
        """Takes the far end off hold."""
        return self._add("unhold", {}, {})

    def unmute(self, direction: str | None = None) -> Self:
        """Unmutes the call.

        Args:
            direction: What is unmuted: `in`, `out` or `both`. Default: `both`.
        """
        return self._add("unmute", {"direction": direction}, {})

    def variable_set(self, key: str | None = None, *, value: str | None = None) -> Self:
        """Sets a variable.

        Args:
            key: Name of the variable. `voipbin.` names are the system's and cannot be set.
            value: The value; at most 32 KiB.
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
        """Sends a web request.

        Args:
            uri: Where to send it.
            sync: Whether the flow waits for the answer. Default: false.
            method: `POST`, `GET`, `PUT` or `DELETE`. Default: `POST`.
            data_type: Content type of the data. Default: `application/json`.
            data: The body.
            timeout_ms: Longest wait in milliseconds. Default: 10,000.
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

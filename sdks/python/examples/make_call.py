"""Makes a call to a simulated phone and watches it until it ends."""

from ringdown import Client, flow, tel
from ringdown.v1 import CallStatus, HangupReason

with Client() as client:
    (call,) = client.create_calls(
        source=tel("+15551230000"),
        destinations=[tel("+15550000001")],
        actions=flow.talk("Your parcel will be there at noon.").hangup(),
    )
    for update in client.watch_calls(ids=[call.id], until_ended=True):
        print(update.call.tm_update.ToJsonString(), CallStatus.Name(update.call.status))
    print("it ended as", HangupReason.Name(update.call.hangup_reason))

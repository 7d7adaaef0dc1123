"""A menu that answers a number: sales, support, or the menu again. A simulated caller presses 2."""

from ringdown import Client, flow, tel
from ringdown.v1 import ActiveflowEventType

NUMBER = "+15557654321"

sales = flow.talk("You are with sales.").hangup()
support = flow.talk("You are with support.").variable_set("department", value="support").hangup()
menu = (
    flow.label("menu")
    .answer()
    .talk("For sales, press 1. For support, press 2.", digits_handle="next")
    .digits(length=1, duration=5_000)
    .branch({"1": sales, "2": support})
    .talk("I did not get that.")
    .goto("menu", loop_count=2)
    .hangup()
)

with Client() as client:
    checked = client.validate_flow(actions=menu)
    for problem in checked.problems:
        print(f"{problem.field}: {problem.description}")

    saved = client.create_flow(name="front desk", actions=menu)
    number = client.create_number(number=NUMBER, call_flow_id=saved.id)
    try:
        with client.watch_activeflows() as watch:
            call = client.simulate_incoming_call(source=tel("+15550000001"), destination=tel(NUMBER))
            pressed = False
            for update in watch:
                if update.activeflow.id != call.activeflow_id:
                    continue
                if update.event.type == ActiveflowEventType.ACTIVEFLOW_EVENT_TYPE_ACTION_STARTED:
                    print(update.event.action.WhichOneof("option"), update.event.action.talk.text)
                    if not pressed and update.event.action.HasField("talk"):
                        client.simulate_digits(call_id=call.id, digits="2")
                        pressed = True
                if update.event.type == ActiveflowEventType.ACTIVEFLOW_EVENT_TYPE_ENDED:
                    break
        print("department:", client.get_variables(call.activeflow_id).variables.get("department", "none"))
    finally:
        client.delete_number(number.id)

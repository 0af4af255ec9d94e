"""One door for every command on an order: may this person, and what follows. Pure."""

from collections.abc import Callable
from typing import Any

from casework import events as e
from casework.work_order import (
    carrying_over,
    dispatching,
    ending,
    handing_over,
    returning,
    reviewing,
    taking_in,
    working,
)
from casework.work_order import commands as c
from casework.work_order.context import Context
from casework.work_order.leaving_out import with_exclusions
from casework.work_order.permit import permit
from casework.work_order.state import WorkOrder

Decision = Callable[[WorkOrder, Any, Context], tuple[e.OrderFact, ...]]

DECISIONS: dict[type[c.Command], Decision] = {
    c.Propose: dispatching.propose,
    c.RequestInformation: taking_in.request_information,
    c.AddToOrder: taking_in.add_to_order,
    c.Chase: taking_in.chase,
    c.NotAccept: taking_in.not_accept,
    c.ReferOut: taking_in.refer_out,
    c.AnswerAtOnce: taking_in.answer_at_once,
    c.Merge: taking_in.merge,
    c.Unmerge: taking_in.unmerge,
    c.RecordReturn: returning.record_return,
    c.ReadPersonalData: taking_in.read_personal_data,
    c.ErasePersonalData: taking_in.erase_personal_data,
    c.Dispatch: dispatching.dispatch,
    c.PassOn: dispatching.pass_on,
    c.WithdrawDispatch: dispatching.withdraw_dispatch,
    c.SignFor: dispatching.sign_for,
    c.OpenConsultation: dispatching.open_consultation,
    c.CloseConsultation: dispatching.close_consultation,
    c.Reassign: dispatching.reassign,
    c.AddSupport: dispatching.add_support,
    c.CarryOver: carrying_over.carry_over,
    c.RequestReturn: returning.request_return,
    c.WithdrawReturn: returning.withdraw_return,
    c.AskUnit: reviewing.ask_unit,
    c.AnswerAsProposed: reviewing.answer_as_proposed,
    c.ReviewReturn: reviewing.review_return,
    c.ObjectAsSupport: reviewing.object_as_support,
    c.DecideSupportObjection: reviewing.decide_support_objection,
    c.StartWork: working.start_work,
    c.ContactRequester: working.contact_requester,
    c.ReportProgress: working.report_progress,
    c.RequestExtension: working.request_extension,
    c.DecideExtension: working.decide_extension,
    c.Shelve: working.shelve,
    c.Resume: working.resume,
    c.SendHandOver: handing_over.send_hand_over,
    c.ReceiveHandOver: handing_over.receive_hand_over,
    c.RefuseHandOver: handing_over.refuse_hand_over,
    c.FeedBackHandOver: handing_over.feed_back_hand_over,
    c.AssignInside: working.assign_inside,
    c.CollectInside: working.collect_inside,
    c.SignOff: working.sign_off,
    c.SubmitResult: working.submit_result,
    c.ReviewResult: ending.review_result,
    c.RecordFollowUp: ending.record_follow_up,
    c.OrderRework: ending.order_rework,
    c.Supervise: ending.supervise,
    c.RequestExclusion: ending.request_exclusion,
    c.DecideExclusion: ending.decide_exclusion,
    c.Close: ending.close,
    c.Terminate: ending.terminate,
    c.Archive: ending.archive,
    c.Rate: ending.rate,
    c.RingClocks: ending.ring_clocks,
}


def decide(order: WorkOrder, command: c.Command, context: Context) -> tuple[e.OrderFact, ...]:
    """What follows from a command, as facts (each names its order, and so its stream); () when nothing changes.

    Raises NotPermitted when the role or unit may not, Refused with the rule and what to do instead when a rule says no.
    """
    permit(order, command, context)
    return with_exclusions(order, DECISIONS[type(command)](order, command, context))

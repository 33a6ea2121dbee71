"""The extension `io.modelcontextprotocol/tasks`, revision 2026-07-28."""

from tests.conformance.clause import Level, claim

_MUST, _NOT, _SHOULD = Level.MUST, Level.MUST_NOT, Level.SHOULD
_TASKS = "backend/tests/approvals/test_tasks.py::"
_ENDS = _TASKS + "test_a_call_that_waits_for_people_is_a_task_that_ends_with_the_answer"
_UNKNOWN = _TASKS + "test_a_task_is_unknown_to_everybody_else"
_DECLARE = _TASKS + "test_only_requests_that_declare_the_extension_reach_tasks"
_IGNORED = _TASKS + "test_answers_that_nobody_waits_for_are_acknowledged_and_ignored"
_LONG = "backend/tests/gateway/test_long_calls.py::"
_CANCEL = _TASKS + "test_cancelling_takes_the_request_back"

TASKS = (
    claim(
        "tasks.only-declared",
        _NOT,
        "tasks#capability-negotiation",
        "No task for a request that did not declare the extension.",
        _TASKS + "test_others_get_the_plain_result",
    ),
    claim(
        "tasks.result-type",
        _MUST,
        "tasks#polymorphic-results",
        "A task is answered with `resultType` task, all else without.",
        _ENDS,
    ),
    claim(
        "tasks.durable",
        _MUST,
        "tasks#task-creation",
        "A task that was answered can be got at once.",
        _ENDS,
        _LONG + "test_a_long_call_is_a_task_that_any_process_tells_the_end_of",
    ),
    claim("tasks.working", _MUST, "tasks#task-polling", "What goes on is `working`.", _ENDS),
    claim(
        "tasks.completed",
        _MUST,
        "tasks#task-polling",
        "What ended is `completed` with its result.",
        _ENDS,
        _TASKS + "test_what_was_denied_is_completed_with_the_refusal",
        _TASKS + "test_what_nobody_decided_is_completed_with_those_words",
    ),
    claim(
        "tasks.failed",
        _MUST,
        "tasks#task-execution-errors",
        "A JSON-RPC error makes it `failed`.",
        _TASKS + "test_a_json_rpc_error_of_the_service_is_a_failed_task",
        _LONG + "test_when_its_process_was_killed_nobody_knows_what_became_of_it",
    ),
    claim(
        "tasks.failed-only-errors",
        _NOT,
        "tasks#task-execution-errors",
        "A result with `isError` does not.",
        _TASKS + "test_what_was_denied_is_completed_with_the_refusal",
    ),
    claim("tasks.cancelled", _MUST, "tasks#task-polling", "What was taken back is `cancelled`.", _CANCEL),
    claim(
        "tasks.cancel-acknowledged",
        _MUST,
        "tasks#task-cancellation",
        "`tasks/cancel` is acknowledged with an empty result.",
        _CANCEL,
        _TASKS + "test_cancelling_too_late_changes_nothing",
    ),
    claim("tasks.update-acknowledged", _MUST, "tasks#task-update-requests", "So is `tasks/update`.", _IGNORED),
    claim("tasks.update-ignored", _SHOULD, "tasks#task-update-requests", "Answers that nobody waits for are ignored.", _IGNORED),
    claim("tasks.unknown", _MUST, "tasks#protocol-errors", "An unknown task is -32602.", _UNKNOWN),
    claim(
        "tasks.expired",
        _MUST,
        "tasks#protocol-errors",
        "So is one that has expired.",
        _TASKS + "test_another_process_knows_the_task_and_an_old_one_has_expired",
    ),
    claim(
        "tasks.undeclared-requests",
        _MUST,
        "tasks#protocol-errors",
        "Without the ability a request about tasks is -32021.",
        _DECLARE,
    ),
    claim(
        "tasks.undeclared-notifications",
        _MUST,
        "tasks#task-status-notifications",
        "So it is where changes of tasks are asked for.",
        _TASKS + "test_changes_of_tasks_are_told_to_nobody_and_need_the_extension",
    ),
    claim("tasks.listed-nowhere", _NOT, "tasks", "There is no list of tasks.", _TASKS + "test_tasks_are_listed_to_nobody"),
    claim(
        "tasks.routing",
        _MUST,
        "tasks#streamable-http-routing-headers",
        "`Mcp-Name` is the id of the task.",
        _TASKS + "test_a_contradicting_name_header_stops_the_request",
    ),
)

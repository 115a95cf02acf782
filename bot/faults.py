"""Where a fault of ours arose: enough to find it, nothing of what was said."""


def place_of(error: BaseException | None) -> str:
    """Return the file and line of ours in which `error` arose: enough to find it, nothing of what was said."""
    place, trace = "?", error.__traceback__ if error else None
    while trace:
        code = trace.tb_frame.f_code
        ours = "/bot/" in code.co_filename and not code.co_filename.endswith("/in_hand.py")  # all calls pass that
        place = f"{code.co_filename.rpartition('/')[2]}:{trace.tb_lineno}" if ours else place
        trace = trace.tb_next
    return place

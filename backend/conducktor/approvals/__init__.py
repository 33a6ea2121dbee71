"""Questions to people about one exact call, their answers, and its carrying out: at most once.

Words: an *approval* is one frozen call with the *questions* of policies about it; a *vote* is what one person said; its
*digest* stands for the very call (connection, tool, definition, arguments, requester, policies with their versions); a
*claim* is a worker's hold on an approved call. Invariants: at most one live approval for a digest; one final state; nobody
decides the own request (unless the workspace says so); after `sent_at` is committed the call is never sent again.
"""

"""Long work, done by a worker: deferred in a transaction, watched, cancelled, tried again, rescued.

Table ``job`` is the truth that people see. procrastinate's queue is the transport: behind every open job stands one
entry of the queue, a new one for every attempt. ``job.queue_id`` names the entry that counts, so a worker that was
believed dead and comes back can neither report nor finish anything any more.
"""

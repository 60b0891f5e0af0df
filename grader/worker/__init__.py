"""The untrusted side: what runs in the same process as the learner's code.

Nothing here knows a reference, a mistake or an expected value, so nothing here can give one away.

`warm` is the process that holds torch and forks a worker per request; `oneshot` is its stand-in
where there is no fork. Both arrive at `child.run`, which locks the process down (`sandbox`) and
hands over to `runner`. `loading` and `written` read the learner's file, and what they find is said
before any of it runs; then `binding` calls it, `watch` and `surroundings` observe it, `faults`
describes what it raised.
"""

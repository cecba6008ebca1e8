"""What is due now, done once: reports on their schedules, alerts, notices, digests, restatements. Run by ``rashin tick`` or the site's own timer.

Every step writes down what it is about to do before it does it, under a key that exists once. So a tick may end anywhere, by a power cut too, and the next one
goes on from there: nothing is made or sent twice, nothing is forgotten (docs/decisions/0023).
"""

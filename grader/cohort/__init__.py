"""A class: many submissions, one gradebook.

Submissions come in as bytes (`intake`), are matched to students (`roster`), graded by an engine
(`engine`: on this machine, or on a cluster), kept in a store as they come (`store`), weighed by
rules (`rules`), and leave as a gradebook (`gradebook`) and a class page (`grader.writers`).
"""

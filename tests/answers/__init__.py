"""Answers to the exercises' tasks, wrong ones and right ones in other forms, with what a hint must name.

An entry holds the `task`, what is `odd`, the `cell`, how it was `given` (as wrong or right; `missed`, `unfair` and
`wronghint` are faults that the tests once had), and the `verdict` that reading and running it came to: `why` says so
where the two differ. A wrong one has a label: the `mistake` in a phrase, from the student's side, and what a sentence
that `fits` matches, a regular expression in lower case.

The labels were made from the tasks and the solutions, without sight of the tests. A second scoring of 100 wrong answers
at random, from the cells alone, agreed in all 100 verdicts; 99 of its sentences fitted their labels, and 8 of 262 pairs
fitted the label of another mistake in the same task. Of 80 sentences for others, in the manner of hints, 78 fitted, and
11 of 196 pairs another's; 4 of these are true of both. The expressions were mended after each. One reader did it all.
"""

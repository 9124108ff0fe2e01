"""Bulkheads: what one department's server does costs that department only.

Whatever talks to a server runs in a child process of its own, with limits on
memory, time and names; whatever it dies of is that unit's *unknown*, in words.

- `nursery`: the process that the children are forked from.
- `far_end`: what a child does: one session, and the questions that may be asked of it.
- `line`: our end of the line to one child: questions and answers.
- `patience`: how long is waited for, and how much one unit may cost.
- `looks`: looks at many outboxes, a few at a time.
- `messages`: what goes between the two ends.

Source: ADR 18.
"""

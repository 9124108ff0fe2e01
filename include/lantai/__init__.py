"""Lantai (兰台): the yearly filing of records, their safe keeping, and their lawful end.

The journey of a filing, one module of `lantai.journey` per verb:

    open_year   every unit and data form gets a duty with its deadline
    look        what lies in the outboxes, and whether it has settled
    collect     bytes arrive once, counted and hashed, in the quarantine
    verify      is it the package that the unit sent?
    validate    is it complete, by the catalogue and the rules?
    seal        one age file per record, header and payload apart
    store       into the vault and its copies, each read back
    register    records with retention, due dates and digests
    answer      a receipt, or the list of every fault
    appraise    what is due for transfer or destruction
    decide      panel, leader, witnesses: rows, signed, distinct people
    transfer    delivered to the archive, read back, receipted
    destroy     headers first, then payloads, at every place, with proof

Rooms, and what each may import: see CONTRIBUTING.md.
"""

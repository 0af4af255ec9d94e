"""What a desk keeps beside the record: who is working on which order, saved filters, notes of a shift handover.

None of this is a fact about an order, so none of it is an event (docs/decisions/0012-claims-beside-the-record.md).
"""

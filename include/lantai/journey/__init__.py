"""The verbs of a filing's journey, in order: one module, one verb."""

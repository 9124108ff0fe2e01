"""Events, tree, checkpoints, proofs."""

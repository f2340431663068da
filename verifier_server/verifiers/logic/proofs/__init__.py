"""Proofs: steps that follow from what they cite, and what a part of a proof is worth."""

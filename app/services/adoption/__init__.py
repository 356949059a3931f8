"""Adoption of three-no compounds (接管): its stages and rules, what runs out, renewal."""

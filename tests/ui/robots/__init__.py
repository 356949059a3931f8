"""Robots: act by object names, speak the user's verbs."""

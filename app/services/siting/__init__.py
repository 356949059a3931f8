"""Where stations go: what is asked, which places may be had, whom each would reach, and the best of them as a proposal."""

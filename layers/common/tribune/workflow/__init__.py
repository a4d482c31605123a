"""The use cases, in the order of a comment's way: receive, moderate, perform, call, watch; and what a CM does by hand.

The edges arrive as arguments whose shape a Protocol names; nothing here knows a cloud or a network.
"""

"""The rating store: studies that people judge blind, from the sealed protocol to unblinding."""

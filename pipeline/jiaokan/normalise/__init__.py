"""Document → edits that lose nothing: each rule separate, named, reversible.

Widths, operators and units are put right in a field's `normalised` value, not in the text: how an author set his
commas is his affair.
"""

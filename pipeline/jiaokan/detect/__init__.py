"""Document → suspects and flags: where did recognition fail?"""

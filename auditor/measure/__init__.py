"""How good the judgement is: scores on labelled articles. Pure."""

"""Pure: from verdicts and the graph to an ordered, limited, hashed plan."""

"""Similarity of classes from side information: WordNet, texts, trees."""

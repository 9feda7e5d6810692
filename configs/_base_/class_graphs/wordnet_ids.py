# SINet's class graphs for data sets that give the names and WordNet ids of their
# classes. Set NL_TEXT_ENCODER to use another text encoder.
encoder = '{{$NL_TEXT_ENCODER:bert-base-uncased}}'
wordnet_graph = dict(type='wordnet', classes='wordnet_ids')
names_graph = dict(type='text', texts='names', pooling='mean', encoder=encoder)
gloss_graph = dict(type='text', classes='wordnet_ids', texts='glosses', encoder=encoder)
both_graphs = dict(type='sum', graphs=[wordnet_graph, gloss_graph])  # Eq. 3

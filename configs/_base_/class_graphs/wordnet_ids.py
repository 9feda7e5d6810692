# SINet's Eq. 3 for data sets that give the WordNet ids of their classes. Set
# NL_TEXT_ENCODER to use another text encoder.
both_graphs = dict(
    type='sum',
    graphs=[
        dict(type='wordnet', classes='wordnet_ids'),
        dict(
            type='text',
            classes='wordnet_ids',
            texts='glosses',
            encoder='{{$NL_TEXT_ENCODER:bert-base-uncased}}',
        ),
    ],
)

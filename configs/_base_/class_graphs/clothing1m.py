# Clothing1M's classes as the nearest synsets of WordNet 3.0, which has no hoodies and
# no down coats. Set NL_TEXT_ENCODER to use another text encoder.
clothing1m_synsets = [
    'jersey.n.03',  # T-Shirt
    'shirt.n.01',
    'knitwear.n.01',
    'chiffon.n.01',
    'sweater.n.01',
    'sweatshirt.n.01',  # Hoodie
    'parka.n.01',  # Windbreaker
    'jacket.n.01',
    'coat.n.01',  # Downcoat
    'suit.n.01',
    'shawl.n.01',
    'dress.n.01',
    'vest.n.01',
    'underwear.n.01',
]
both_graphs = dict(
    type='sum',
    graphs=[
        dict(type='wordnet', classes=clothing1m_synsets),
        dict(
            type='text',
            classes=clothing1m_synsets,
            texts='glosses',
            encoder='{{$NL_TEXT_ENCODER:bert-base-uncased}}',
        ),
    ],
)

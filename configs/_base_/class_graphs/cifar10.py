# CIFAR-10's classes as WordNet synsets. The text encoder is a folder, or a model in the
# Hugging Face cache; set NL_TEXT_ENCODER to use another one.
cifar10_synsets = [
    'airplane.n.01',
    'car.n.01',
    'bird.n.01',
    'cat.n.01',
    'deer.n.01',
    'dog.n.01',
    'frog.n.01',
    'horse.n.01',
    'ship.n.01',
    'truck.n.01',
]
wordnet_graph = dict(type='wordnet', classes=cifar10_synsets)
text_graph = dict(
    type='text',
    classes=cifar10_synsets,
    texts='glosses',
    encoder='{{$NL_TEXT_ENCODER:bert-base-uncased}}',
)
names_graph = dict(
    type='text',
    classes=[synset.partition('.')[0] for synset in cifar10_synsets],
    texts='names',
    pooling='mean',
    encoder='{{$NL_TEXT_ENCODER:bert-base-uncased}}',
)
both_graphs = dict(type='sum', graphs=[wordnet_graph, text_graph])

"""A random BERT of a few weights with its tokenizer, in a folder of its own."""

import torch

WORDS = (
    'a an the animal kept as pet small that barks purrs feline canine artifact carries '
    'load on road truck cat dog domestic crane bird lifts wading large long necked of '
    'famous number concept quantity man made object living organism feeds and moves : ,'
)


def make_bert(folder, width=16):
    from transformers import BertConfig, BertModel, BertTokenizerFast

    folder.mkdir()
    words = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]', *WORDS.split()]
    (folder / 'vocab.txt').write_text('\n'.join(words))
    with torch.random.fork_rng([]):
        torch.manual_seed(0)
        config = BertConfig(
            vocab_size=len(words),
            hidden_size=width,
            num_hidden_layers=2,
            num_attention_heads=2,
            intermediate_size=32,
            max_position_embeddings=64,
        )
        BertModel(config).save_pretrained(folder)
    BertTokenizerFast(str(folder / 'vocab.txt')).save_pretrained(folder)
    return folder

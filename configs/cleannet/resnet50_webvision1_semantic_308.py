# Table 6, semantic-308: a class of each of 308 groups, --groups wordnet --classes 308.
_base_ = ['./resnet50_webvision1_all_1000.py']

train_dataloader = dict(
    dataset=dict(file='{{$NL_DATA:data}}/webvision1/verified_semantic_308.csv')
)

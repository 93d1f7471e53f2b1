/* SPDX-License-Identifier: MIT */
/* Losses and measures: named ends that give one number. */
#include "op/rules.h"

static const AttrSpec loss_attrs[] = {
    {.name = "weight", .aliases = "loss_weight factor", .kind = ATTR_TEXT, .positional = true,
     .help = "its weight in the sum of losses"},
};

/* A prediction, mostly a target, sometimes lengths or weights; whatever they are, one number. */
static bool shape_loss(OpCall *call)
{
    rule_set(call, shape_of(call->arena, 0, NULL));
    return true;
}

#define LOSS(name_, aliases_, title_, help_)                                                                           \
    {.name = (name_), .aliases = (aliases_), .title = (title_), .help = (help_), .style = STYLE_LOSS,                  \
     OP_ATTRS(loss_attrs), .min_inputs = 1, .max_inputs = OP_ANY_INPUTS, .shape = shape_loss}

static const Op rows[] = {
    LOSS("cross_entropy", "CrossEntropyLoss CrossEntropy crossentropy ce categorical_crossentropy "
                          "CategoricalCrossentropy sparse_categorical_crossentropy SparseCategoricalCrossentropy "
                          "SoftmaxCrossEntropyLoss SoftmaxWithLoss SoftmaxCrossEntropyWithLogits "
                          "MultinomialLogisticLoss softmax_loss", "cross entropy", "cross entropy of classes"),
    LOSS("bce", "BCELoss BCEWithLogitsLoss binary_crossentropy BinaryCrossentropy SigmoidCrossEntropyLoss "
                "MultiLabelSoftMarginLoss", "binary cross entropy", "cross entropy of yes and no"),
    LOSS("nll", "NLLLoss NegativeLogLikelihoodLoss nll_loss GaussianNLLLoss PoissonNLLLoss Poisson", "NLL",
         "negative log likelihood"),
    LOSS("mse", "MSELoss mean_squared_error MeanSquaredError EuclideanLoss euclidean_loss l2_loss", "MSE",
         "mean squared error"),
    LOSS("l1_loss", "L1Loss mae mean_absolute_error MeanAbsoluteError l1", "L1", "mean absolute error"),
    LOSS("huber", "HuberLoss SmoothL1Loss smooth_l1 Huber LogCosh", "Huber",
         "squared error that grows linearly far out"),
    LOSS("kl", "KLDivLoss KLDivergence kl_divergence kld", "KL", "Kullback-Leibler divergence"),
    LOSS("ctc", "CTCLoss ctc_loss", "CTC", "connectionist temporal classification"),
    LOSS("hinge", "HingeLoss MultiMarginLoss Hinge SquaredHinge MarginRankingLoss HingeEmbeddingLoss", "hinge",
         "hinge loss"),
    LOSS("contrastive", "ContrastiveLoss contrastive_loss info_nce InfoNCE nt_xent NTXentLoss", "contrastive",
         "contrastive loss"),
    LOSS("triplet", "TripletMarginLoss triplet_loss TripletLoss", "triplet", "triplet loss"),
    LOSS("cosine_loss", "CosineEmbeddingLoss CosineSimilarityLoss", "cosine loss", "loss on angles"),
    LOSS("focal", "FocalLoss focal_loss", "focal", "focal loss"),
    LOSS("dice", "DiceLoss dice_loss Tversky", "Dice", "loss on overlap"),
    LOSS("adversarial", "GANLoss adversarial_loss wasserstein", "adversarial", "loss of a discriminator"),
    LOSS("perceptual", "perceptual_loss lpips LPIPS", "perceptual", "loss on features of another network"),
    LOSS("accuracy", "Accuracy", "accuracy", "share of right answers"),
    LOSS("loss", "Loss", "loss", "any loss"),
};

OpFamily op_family_loss(void)
{
    return OP_ROWS(rows);
}

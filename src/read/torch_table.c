/* SPDX-License-Identifier: MIT */
/* The classes of torch.nn and of PyTorch's own libraries that a printed module tree has. */
#include "read/torch.h"

#include "base/names.h"

#define CONV "in_channels out_channels"

static const TorchRow rows[] = {
    {"Conv1d", "conv", CONV, "stride=1 padding=0", "in_channels", 3, 1},
    {"Conv2d", "conv", CONV, "stride=1 padding=0", "in_channels", 4, 1},
    {"Conv3d", "conv", CONV, "stride=1 padding=0", "in_channels", 5, 1},
    {"ConvTranspose1d", "upconv", CONV, "stride=1 padding=0", "in_channels", 3, 1},
    {"ConvTranspose2d", "upconv", CONV, "stride=1 padding=0", "in_channels", 4, 1},
    {"ConvTranspose3d", "upconv", CONV, "stride=1 padding=0", "in_channels", 5, 1},
    {"Linear NonDynamicallyQuantizableLinear", "linear", "in_features out_features", "flatten=false", "in_features",
     0, 0},
    {"Conv1D", "linear", "", "flatten=false", NULL, 0, 0}, /* of transformers: nf=, nx= */
    {"Bilinear", NULL, "", "", NULL, 0, 0},
    {"BatchNorm1d", "bn", "num_features", "", "num_features", 0, 0},
    {"BatchNorm2d SyncBatchNorm", "bn", "num_features", "", "num_features", 4, 1},
    {"BatchNorm3d", "bn", "num_features", "", "num_features", 5, 1},
    {"FrozenBatchNorm2d", "bn", "num_features", "affine=False", "num_features", 4, 1},
    {"InstanceNorm1d", "instancenorm", "num_features", "affine=False", "num_features", 3, 1},
    {"InstanceNorm2d", "instancenorm", "num_features", "affine=False", "num_features", 4, 1},
    {"InstanceNorm3d", "instancenorm", "num_features", "affine=False", "num_features", 5, 1},
    {"GroupNorm", "gn", "num_groups num_channels", "", NULL, 0, 0},
    {"LayerNorm LayerNorm2d", "ln", "normalized_shape", "", NULL, 0, 0},
    {"RMSNorm LlamaRMSNorm T5LayerNorm", "rmsnorm", "normalized_shape", "", NULL, 0, 0},
    {"LocalResponseNorm CrossMapLRN2d", "lrn", "size", "", NULL, 0, 0},
    {"Embedding EmbeddingBag", "embedding", "num_embeddings embedding_dim", "", NULL, 0, 0},
    {"LSTM LSTMCell", "lstm", "input_size hidden_size", "", "input_size", 3, 2},
    {"GRU GRUCell", "gru", "input_size hidden_size", "", "input_size", 3, 2},
    {"RNN RNNCell", "rnn", "input_size hidden_size", "", "input_size", 3, 2},
    /* its heads are not printed, its size is that of the projection inside */
    {"MultiheadAttention", "attention", "", "", "out_proj", 3, 2},
    {"MaxPool1d MaxPool2d MaxPool3d", "maxpool", "", "", NULL, 0, 0},
    {"AvgPool1d AvgPool2d AvgPool3d", "avgpool", "", "", NULL, 0, 0},
    {"LPPool1d LPPool2d", "lppool", "norm_type", "", NULL, 0, 0},
    {"AdaptiveAvgPool1d AdaptiveAvgPool2d AdaptiveAvgPool3d", "adaptive_avgpool", "output_size", "", NULL, 0, 0},
    {"AdaptiveMaxPool1d AdaptiveMaxPool2d AdaptiveMaxPool3d", "adaptive_maxpool", "output_size", "", NULL, 0, 0},
    {"MaxUnpool1d MaxUnpool2d MaxUnpool3d", "unpool", "", "", NULL, 0, 0},
    {"ReLU ReLU6 LeakyReLU ELU SELU CELU GELU SiLU Mish Sigmoid LogSigmoid Tanh Hardswish Hardsigmoid Hardtanh "
     "Softplus Softsign Tanhshrink Softmax LogSoftmax Softmin GLU", NULL, "", "", NULL, 0, 0},
    {"Softmax2d", "softmax", "", "", NULL, 0, 0},
    {"GELUActivation NewGELUActivation PytorchGELUTanh GELUTanh QuickGELUActivation", "gelu", "", "", NULL, 0, 0},
    {"SiLUActivation Swish", "silu", "", "", NULL, 0, 0},
    {"PReLU", "prelu", "", "", NULL, 0, 0},
    {"Dropout Dropout1d Dropout2d Dropout3d AlphaDropout FeatureAlphaDropout", "dropout", "", "", NULL, 0, 0},
    {"StochasticDepth DropPath", "drop_path", "", "", NULL, 0, 0},
    {"Identity", "identity", "", "", NULL, 0, 0},
    {"Flatten", "flatten", "", "", NULL, 0, 0},
    {"Unflatten", "reshape", "", "", NULL, 0, 0},
    {"Permute", "permute", "", "", NULL, 0, 0},
    {"Upsample UpsamplingNearest2d UpsamplingBilinear2d", "upsample", "", "", NULL, 0, 0},
    {"PixelShuffle", "pixel_shuffle", "", "", NULL, 0, 0},
    {"PixelUnshuffle", "pixel_unshuffle", "", "", NULL, 0, 0},
    {"ChannelShuffle", "channel_shuffle", "", "", NULL, 0, 0},
    {"ZeroPad1d ZeroPad2d ZeroPad3d ConstantPad1d ConstantPad2d ConstantPad3d ReflectionPad1d ReflectionPad2d "
     "ReflectionPad3d ReplicationPad1d ReplicationPad2d ReplicationPad3d", "pad", "", "", NULL, 0, 0},
};

enum { ROW_COUNT = sizeof rows / sizeof *rows };

static bool is_among(Str words, Str word)
{
    Str piece;
    while (str_cut(&words, ' ', &piece))
        if (word.size && str_equal(piece, word))
            return true;
    return false;
}

const TorchRow *torch_row(Str kind)
{
    for (size_t i = 0; i < ROW_COUNT; i++)
        if (is_among(str_from(rows[i].classes), kind))
            return &rows[i];
    return NULL;
}

bool torch_is_chain(Str kind)
{
    return str_equal(kind, STR("Sequential"));
}

bool torch_is_container(Str kind)
{
    return torch_is_chain(kind) || is_among(STR("ModuleList ModuleDict ParameterList ParameterDict"), kind);
}

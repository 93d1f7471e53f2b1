/* SPDX-License-Identifier: MIT */
/* The types of layers that Caffe and its better-known forks have. */
#include "read/caffe.h"

#define SAME(name_, aliases_, op_, message_) {(name_), (aliases_), (op_), (message_), caffe_same, 1, false}
#define LOSS(name_, aliases_, op_) {(name_), (aliases_), (op_), NULL, caffe_loss, 1, false}

static const CaffeRow rows[] = {
    /* data */
    {"Input", NULL, "input", "input_param", caffe_input, 0, false},
    {"Data", NULL, "input", "data_param", caffe_data, 0, false},
    {"AnnotatedData", NULL, "input", "data_param", caffe_data, 0, false},
    {"ImageData", "IMAGE_DATA images", "input", "image_data_param", caffe_data, 0, false},
    {"DenseImageData", NULL, "input", "dense_image_data_param", caffe_data, 0, true},
    {"WindowData", "WINDOW_DATA", "input", "window_data_param", caffe_data, 0, false},
    {"HDF5Data", "HDF5_DATA", "input", "hdf5_data_param", caffe_data, 0, false},
    {"MemoryData", "MEMORY_DATA", "input", "memory_data_param", caffe_data, 0, false},
    {"DummyData", "DUMMY_DATA", "input", "dummy_data_param", caffe_dummy_data, 0, false},
    {"Parameter", NULL, "parameter", "parameter_param", caffe_parameter, 0, false},
    {"Python", NULL, NULL, "python_param", caffe_python, 0, false},
    /* windows */
    {"Convolution", "conv", "conv", "convolution_param", caffe_conv, 1, false},
    {"ConvolutionDepthwise", "DepthwiseConvolution ConvolutionDepthWise", "dwconv", "convolution_param",
     caffe_conv_depthwise, 1, false},
    {"Deconvolution", "deconv", "upconv", "convolution_param", caffe_deconv, 1, false},
    {"Pooling", "pool", "maxpool", "pooling_param", caffe_pool, 1, false},
    {"Im2col", NULL, NULL, "convolution_param", caffe_im2col, 1, false},
    {"SPP", NULL, "spp", "spp_param", caffe_spp, 1, false},
    {"ROIPooling", NULL, "roipool", "roi_pooling_param", caffe_roi_pool, 2, false},
    {"ROIAlign", NULL, "roialign", "roi_align_param", caffe_roi_pool, 2, true},
    {"PSROIPooling", NULL, "roipool", "psroi_pooling_param", caffe_psroi_pool, 2, true},
    {"Upsample", NULL, "upsample", "upsample_param", caffe_upsample, 1, true},
    {"Interp", NULL, "upsample", "interp_param", caffe_interp, 1, true},
    /* weights */
    {"InnerProduct", NULL, "fc", "inner_product_param", caffe_inner_product, 1, false},
    {"Embed", NULL, "embedding", "embed_param", caffe_embed, 1, false},
    {"LSTM", NULL, "lstm", "recurrent_param", caffe_lstm, 1, false},
    {"RNN", NULL, "rnn", "recurrent_param", caffe_rnn, 1, false},
    {"ContinuationIndicator", NULL, NULL, "continuation_indicator_param", caffe_indicator, 0, true},
    {"BatchNorm", NULL, "bn", "batch_norm_param", caffe_batch_norm, 1, false},
    {"BN", NULL, "bn", "bn_param", caffe_bn, 1, false},
    {"Scale", NULL, "scale", "scale_param", caffe_scale, 1, false},
    {"Bias", NULL, "bias", "bias_param", caffe_bias, 1, false},
    {"PReLU", NULL, "prelu", "prelu_param", caffe_prelu, 1, false},
    {"Normalize", NULL, "l2norm", "norm_param", caffe_normalize, 1, false},
    SAME("LRN", NULL, "lrn", "lrn_param"),
    SAME("MVN", NULL, "l2norm", "mvn_param"),
    /* activations */
    {"ReLU", NULL, "relu", "relu_param", caffe_relu, 1, false},
    SAME("ReLU6", NULL, "relu6", NULL),
    SAME("ELU", NULL, "elu", "elu_param"),
    SAME("Sigmoid", NULL, "sigmoid", NULL),
    SAME("TanH", NULL, "tanh", NULL),
    SAME("BNLL", NULL, "softplus", NULL),
    SAME("Swish", NULL, "silu", NULL),
    SAME("Clip", NULL, "clip", "clip_param"),
    SAME("Threshold", NULL, "threshold", "threshold_param"),
    SAME("Softmax", NULL, "softmax", "softmax_param"),
    SAME("AbsVal", NULL, "abs", NULL),
    SAME("Exp", NULL, "exp", NULL),
    SAME("Log", NULL, "log", NULL),
    SAME("Power", NULL, "pow", "power_param"),
    SAME("Dropout", NULL, "dropout", "dropout_param"),
    SAME("ShuffleChannel", NULL, "channel_shuffle", "shuffle_channel_param"),
    /* joining and taking apart */
    {"Eltwise", "ELTWISE", "add", "eltwise_param", caffe_eltwise, 2, false},
    {"Concat", NULL, "concat", "concat_param", caffe_concat, 1, false},
    {"Axpy", NULL, NULL, NULL, caffe_axpy, 3, false},
    {"Slice", NULL, "split", "slice_param", caffe_slice, 1, false},
    {"Split", NULL, "identity", NULL, caffe_split, 1, false},
    {"Crop", NULL, "crop", "crop_param", caffe_crop, 2, false},
    {"Filter", NULL, NULL, NULL, caffe_filter, 2, false},
    {"BatchReindex", NULL, "gather", NULL, caffe_batch_reindex, 2, false},
    /* shapes */
    {"Reshape", NULL, "reshape", "reshape_param", caffe_reshape, 1, false},
    {"Flatten", NULL, "flatten", "flatten_param", caffe_flatten, 1, false},
    {"Permute", NULL, "permute", "permute_param", caffe_permute, 1, false},
    {"Tile", NULL, "tile", "tile_param", caffe_tile, 1, false},
    {"Reduction", NULL, "reduce_sum", "reduction_param", caffe_reduction, 1, false},
    {"ArgMax", NULL, "argmax", "argmax_param", caffe_argmax, 1, false},
    /* detection */
    {"PriorBox", NULL, NULL, "prior_box_param", caffe_prior_box, 1, false},
    {"DetectionOutput", NULL, NULL, "detection_output_param", caffe_detections, 3, false},
    {"Proposal", NULL, NULL, "proposal_param", caffe_proposal, 2, false},
    LOSS("MultiBoxLoss", NULL, "loss"),
    LOSS("SmoothL1Loss", NULL, "huber"),
    /* ends */
    {"SoftmaxWithLoss", "SOFTMAX_LOSS", "cross_entropy", "softmax_param", caffe_softmax_loss, 1, false},
    LOSS("MultinomialLogisticLoss", NULL, "cross_entropy"),
    LOSS("SigmoidCrossEntropyLoss", NULL, "bce"),
    LOSS("EuclideanLoss", NULL, "mse"),
    LOSS("HingeLoss", NULL, "hinge"),
    LOSS("ContrastiveLoss", NULL, "contrastive"),
    LOSS("TripletLoss", NULL, "triplet"),
    LOSS("InfogainLoss", NULL, "loss"),
    LOSS("Accuracy", NULL, "accuracy"),
    {"Silence", NULL, "output", NULL, caffe_silence, 0, false},
    {"HDF5Output", "HDF5_OUTPUT", "output", NULL, caffe_silence, 0, false},
    {"implicit", NULL, NULL, NULL, caffe_silence, 0, false}, /* Netscope's name for what the file leaves out */
};

enum { ROW_COUNT = sizeof rows / sizeof *rows };

typedef struct CaffeFound {
    const CaffeRow *row; /* NULL: looked for and not there */
} CaffeFound;

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
}

/* V1 nets write INNER_PRODUCT, V0 nets innerproduct. */
static bool same_type(Str a, Str b)
{
    size_t i = 0, k = 0;
    for (;; i++, k++) {
        while (i < a.size && a.at[i] == '_')
            i++;
        while (k < b.size && b.at[k] == '_')
            k++;
        if (i == a.size || k == b.size)
            return i == a.size && k == b.size;
        if (lower(a.at[i]) != lower(b.at[k]))
            return false;
    }
}

static bool is_named(const CaffeRow *row, Str type)
{
    if (same_type(str_from(row->name), type))
        return true;
    Str rest = str_from(row->aliases), word;
    while (str_cut(&rest, ' ', &word))
        if (word.size && same_type(word, type))
            return true;
    return false;
}

static const CaffeRow *find_row(Str type)
{
    for (size_t i = 0; i < ROW_COUNT; i++)
        if (str_equal(str_from(rows[i].name), type))
            return &rows[i];
    for (size_t i = 0; type.size && i < ROW_COUNT; i++)
        if (is_named(&rows[i], type))
            return &rows[i];
    return NULL;
}

const CaffeRow *caffe_row(CaffeReader *reader, Str type)
{
    CaffeFound *found = names_get(reader->rows, type);
    if (!found) {
        found = ARENA_NEW(reader->arena, CaffeFound);
        found->row = find_row(type);
        names_put(reader->rows, type, found);
    }
    return found->row;
}

Str caffe_nearest_type(Arena *arena, Str type)
{
    Str names[ROW_COUNT];
    for (size_t i = 0; i < ROW_COUNT; i++)
        names[i] = str_from(rows[i].name);
    return names_nearest(arena, type, names, ROW_COUNT);
}

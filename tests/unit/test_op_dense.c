/* SPDX-License-Identifier: MIT */
/* Dense, recurrent, attention, embedding, norms, activations: shapes and counts against the frameworks' own. */
#include "unit/op_case.h"

static void fully_connected(void **state)
{
    /* VGG16's and ResNet's classifiers */
    expect(state, "fc", "out=4096", "512x7x7", "4096", "102764544", "102760448");
    expect(state, "fc", "out=1000", "512x1x1", "1000", "513000", "512000");
    expect(state, "fc", "out=1000 bias=false", "4096", "1000", "4096000", "4096000");
    expect(state, "fc", "out=10", "Tx512", "Tx10", "5130", "5120T");
    expect(state, "fc", "@batch=1 out=10", "?x64x7x7", "?x10", "31370", "31360");
    expect(state, "fc", "@batch=1 out=10", "8x64", "8x10", "650", "5120");
    expect(state, "fc", "out=10 in=64", "?", "?", "650", "?");
    expect(state, "fc", "out=10 flatten=true", "4x5", "10", "210", "200");
    expect(state, "fc", "out=10 flatten=false", "4x5x6", "4x5x10", "70", "1200");
    expect_error(state, "fc", "out=10 in=65", "64", "fc is made for 65 features, but its input 64 has 64");
    expect_error(state, "fc", "out=10", "scalar", "fc needs features, but its input is a scalar");
}

static void linear(void **state)
{
    expect(state, "linear", "out=3072", "197x768", "197x3072", "2362368", "464781312");
    expect(state, "linear", "@last out=96", "56x56x48", "56x56x96", "4704", "14450688");
    expect(state, "linear", "@batch=1 out=96", "1x56x56x48", "1x56x56x96", "4704", "14450688");
    expect(state, "linear", "out=10", "512x1x1", "10", "5130", "5120");
    expect(state, "linear", "out=10 flatten=true", "2x3x4", "10", "250", "240");
    expect_error(state, "linear", "out=10", "512x7x7", "it is unclear how linear reads the map 512x7x7");
    expect(state, "bilinear", "out=5", "20 30", "5", "3005", "3150");
}

/* torch.nn.LSTM(128, 256): 4·(H·(D+H) + 2H); a single bias: 394,240 */
static void recurrent(void **state)
{
    expect(state, "lstm", "hidden=256", "10x128", "10x256", "395264", "3932160");
    expect(state, "lstm", "hidden=256 biases=1", "Tx128", "Tx256", "394240", "393216T");
    expect(state, "lstm", "hidden=256 biases=1", "25x28", "25x256", "291840", "7270400");
    expect(state, "lstm", "hidden=128 biases=1 returns=last", "25x256", "128", "197120", "4915200");
    expect(state, "lstm", "hidden=256 bias=false", "10x128", "10x256", "393216", NULL);
    /* torch.nn.LSTM(10, 20, 2), bidirectional; torch.nn.GRU(10, 20); torch.nn.RNN(10, 20) */
    expect(state, "lstm", "hidden=20 layers=2", "5x10", "5x20", "5920", NULL);
    expect(state, "lstm", "hidden=20 layers=2 bidirectional=true", "5x10", "5x40", "15040", NULL);
    expect(state, "gru", "hidden=20", "5x10", "5x20", "1920", "9000");
    expect(state, "rnn", "hidden=20", "5x10", "5x20", "640", "3000");
    /* torch.nn.LSTM(10, 20, proj_size=5): 80·10 + 80·5 + 160 + 5·20 */
    expect(state, "lstm", "hidden=20 projection=5", "7x10", "7x5", "1460", "9100");
    expect(state, "lstm", "hidden=20 peephole=true", "5x10", "5x20", "2620", NULL);
    expect(state, "lstm", "@outputs=3 hidden=20 layers=2", "5x10", "5x20,2x20,2x20", NULL, NULL);
    expect(state, "lstm", "@batch=1 hidden=20 returns=last", "?x5x10", "?x20", "2560", "12000");
    expect(state, "lstm", "@outputs=3 @batch=1 hidden=20", "4x5x10", "4x5x20,1x4x20,1x4x20", "2560", "48000");
    expect(state, "lstm", "@outputs=3 @batch=1 form=onnx bidirectional=true hidden=20", "5x1x10",
           "5x2x1x20,2x1x20,2x1x20", NULL, "24000");
    expect(state, "lstm", "hidden=20", "10", "20", "2560", "2400");
    expect(state, "gru", "hidden=20 in=10", "?", "?", "1920", "?");
    expect_error(state, "gru", "hidden=20 in=12", "5x10", "GRU is made for 12 features, but its input 5x10 has 10");
}

static void attention(void **state)
{
    /* ViT-B/16: 4·(768² + 768); 4·T·d² + 2·T²·d */
    expect(state, "attention", "heads=12", "197x768", "197x768", "2362368", "524391936");
    expect(state, "attention", "heads=8 bias=false", "Tx512", "Tx512", "1048576", "1024T^2+1048576T");
    /* cross-attention of T queries to S others */
    expect(state, "attention", "heads=8", "10x512 20x512", "10x512", "1050624", "15933440");
    /* Llama 3 8B: 32 heads, 8 of keys and values, head 128 */
    expect(state, "attention", "heads=32 kv_heads=8 bias=false", "1x4096", "1x4096", "41943040", "41951232");
    /* keras.layers.MultiHeadAttention(2, key_dim=64) on 16 features */
    expect(state, "attention", "heads=2 head_dim=64", "8x16", "8x16", "8592", NULL);
    expect(state, "attention", "heads=4 span=49", "196x64", "196x64", NULL, "4440576");
    expect(state, "attention", "", "64x16x16", "64x16x16", "16640", "12582912");
    expect(state, "attention", "@batch=1 heads=4", "?x10x64", "?x10x64", "16640", "176640");
    expect(state, "dot_attention", "", "8x10x64 8x20x64 8x20x32", "8x10x32", "0", "153600");
    expect_error(state, "attention", "heads=7", "10x512", "the 512 features of 10x512 cannot be cut into 7 heads");
    expect_error(state, "attention", "heads=8 kv_heads=3", "10x512", "8 heads cannot share 3 heads of keys and values");
}

static void embeddings(void **state)
{
    expect(state, "embedding", "vocab=30522 dim=768", "T", "Tx768", "23440896", "0");
    expect(state, "embedding", "@batch=1 vocab=100 dim=8", "?x10", "?x10x8", "800", "0");
    expect(state, "posenc", "", "Tx512", "Tx512", "0", "0");
    expect(state, "posenc", "kind=learned", "197x768", "197x768", "151296", "0");
    expect(state, "posenc", "kind=learned length=512", "Tx768", "Tx768", "393216", "0");
    /* ViT-B/16 at 224 */
    expect(state, "patch_embed", "patch=16 dim=768", "3x224x224", "196x768", "590592", "115605504");
    expect(state, "patch_embed", "patch=16 dim=768 class_token=true", "3x224x224", "197x768", "591360", "115605504");
    expect(state, "patch_embed", "patch=16 dim=768", "3xHxW", "H/16·W/16x768", "590592", "2304H·W");
    expect(state, "class_token", "", "196x768", "197x768", "768", "0");
    expect(state, "one_hot", "depth=28", "25", "25x28", "0", "0");
    expect(state, "rope", "", "Tx64", "Tx64", "0", "0");
    expect_error(state, "patch_embed", "patch=16 dim=8", "3x225x225", "3x225x225 cannot be cut into patches of 16");
}

static void norms(void **state)
{
    expect(state, "bn", "", "64x56x56", "64x56x56", "128", "0");
    expect(state, "bn", "scale=false", "64x56x56", "64x56x56", "64", "0");
    expect(state, "bn", "affine=false", "64x56x56", "64x56x56", "0", "0");
    expect(state, "bn", "@batch=1 @last", "?x56x56x64", "?x56x56x64", "128", "0");
    expect(state, "bn", "", "512", "512", "1024", "0");
    expect(state, "bn", "features=64", "?", "?", "128", "0");
    expect(state, "ln", "", "197x768", "197x768", "1536", "0");
    expect(state, "ln", "", "96x56x56", "96x56x56", "192", "0");
    expect(state, "ln", "@batch=1 features=768", "?x197x768", "?x197x768", "1536", "0");
    expect(state, "ln", "features=4x5", "3x4x5", "3x4x5", "40", "0");
    expect(state, "ln", "bias=false", "Txd", "Txd", "d", "0");
    expect(state, "gn", "", "64x8x8", "64x8x8", "128", "0");
    expect(state, "instancenorm", "", "64x8x8", "64x8x8", "0", "0");
    expect(state, "instancenorm", "affine=true", "64x8x8", "64x8x8", "128", "0");
    expect(state, "rmsnorm", "", "Tx4096", "Tx4096", "4096", "0");
    expect(state, "lrn", "", "64x8x8", "64x8x8", "0", "0");
    expect(state, "l2norm", "affine=true", "512x38x38", "512x38x38", "512", "0");
    expect(state, "scale", "bias=true", "64x8x8", "64x8x8", "128", "0");
    expect_error(state, "gn", "groups=3", "64x8x8", "the 64 channels of 64x8x8 cannot be cut into 3 groups");
    expect_error(state, "bn", "features=32", "64x8x8", "BN is made for 32 channels, but its input 64x8x8 has 64");
}

static void activations(void **state)
{
    expect(state, "relu", "", "64x8x8", "64x8x8", "0", "0");
    expect(state, "prelu", "", "64x8x8", "64x8x8", "64", "0");
    expect(state, "prelu", "per=layer", "64x8x8", "64x8x8", "1", "0");
    expect(state, "prelu", "per=element", "64x8x8", "64x8x8", "4096", "0");
    expect(state, "prelu", "", "?", "?", "?", "0");
    expect(state, "glu", "", "Tx512", "Tx256", "0", "0");
    expect(state, "glu", "", "64x8x8", "32x8x8", "0", "0");
    expect(state, "swiglu", "axis=-1", "4x6x8", "4x6x4", "0", "0");
    expect(state, "maxout", "pieces=3", "12", "4", "0", "0");
    expect_error(state, "glu", "", "7x7x7", "the 7 features of 7x7x7 cannot be cut into 2 parts");
    expect_error(state, "glu", "axis=4", "8x8", "there is no axis 4 in 8x8");
}

static void data_and_losses(void **state)
{
    expect(state, "input", "shape=3x224x224", "", "3x224x224", "0", "0");
    expect(state, "parameter", "shape=10x64", "", "10x64", "640", "0");
    expect(state, "constant", "shape=10x64", "", "10x64", "0", "0");
    expect(state, "input", "", "", "?", "0", "0");
    expect(state, "cross_entropy", "", "1000 1000", "scalar", "0", "0");
    expect(state, "dropout", "p=0.5", "Tx64", "Tx64", "0", "0");
}

static void labels(void **state)
{
    expect_label(state, "fc", "out=1000", "512", "fc, 1000");
    expect_label(state, "linear", "out=512", "512", "linear, 512");
    expect_label(state, "lstm", "hidden=256", "5x10", "LSTM, 256");
    expect_label(state, "lstm", "hidden=256 bidirectional=true layers=2", "5x10", "BiLSTM, 256, 2 layers");
    expect_label(state, "attention", "heads=12", "5x768", "multi-head attention, 12 heads");
    expect_label(state, "attention", "heads=8 causal=true", "5x512", "masked multi-head attention, 8 heads");
    expect_label(state, "attention", "heads=32 kv_heads=8", "5x512", "grouped-query attention, 32 heads, 8 kv heads");
    expect_label(state, "attention", "", "64x8x8", "attention");
    expect_label(state, "embedding", "vocab=100 dim=512", "T", "embedding, 512");
    expect_label(state, "posenc", "", "Tx512", "positional encoding");
    expect_label(state, "patch_embed", "patch=16 dim=768", "3x224x224", "patch embedding, 16×16");
    expect_label(state, "bn", "", "64x8x8", "BN");
    expect_label(state, "relu", "", "64x8x8", "ReLU");
    expect_label(state, "dropout", "p=0.5", "64", "dropout, 0.5");
    expect_label(state, "dropout", "keep=0.8", "64", "dropout, keep 0.8");
    expect_label(state, "gn", "", "64x8x8", "group norm");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(fully_connected), CASE(linear), CASE(recurrent),   CASE(attention), CASE(embeddings),
        CASE(norms),           CASE(activations), CASE(data_and_losses), CASE(labels),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

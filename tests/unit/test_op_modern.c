/* SPDX-License-Identifier: MIT */
/* What papers draw today: windows, experts, state spaces, graphs, conditions, codebooks, against the known models. */
#include "unit/op_case.h"

static void windows(void **state)
{
    /* Swin-T, first stage: 4·(96² + 96) and 169 biases of relative positions in each of 3 heads; each query sees 49 */
    expect(state, "attention", "heads=3 window=7 relative=169", "3136x96", "3136x96", "37755", "145108992");
    expect(state, "attention", "heads=3 window=7 shifted=true", "96x56x56", "96x56x56", "37248", "145108992");
    /* T5 small, first layer: 4·512² and 32 buckets in 8 heads */
    expect(state, "attention", "heads=8 bias=false relative=32", "Tx512", "Tx512", "1048832", "1024T^2+1048576T");
    expect_label(state, "attention", "heads=3 window=7", "3136x96", "window attention 7×7, 3 heads");
    expect_label(state, "attention", "heads=3 window=7 shifted=true", "3136x96",
                 "shifted-window attention 7×7, 3 heads");
    expect_label(state, "attention", "heads=8 kv_heads=1", "Tx512", "multi-query attention, 8 heads");
}

static void feed_forward(void **state)
{
    /* Vaswani et al. 2017, base: 2·512·2048 + 2048 + 512 */
    expect(state, "ffn", "hidden=2048", "Tx512", "Tx512", "2099712", "2097152T");
    expect(state, "ffn", "hidden=3072 act=gelu", "197x768", "197x768", "4722432", "929562624");
    expect(state, "ffn", "hidden=8 out=3", "4", "3", "67", "56");
    expect(state, "ffn", "@batch=1 hidden=8", "2x5x4", "2x5x4", "76", "640");
    /* Llama 3 8B: 3·4096·14336 */
    expect(state, "gated_ffn", "hidden=14336", "Tx4096", "Tx4096", "176160768", "176160768T");
    expect(state, "gated_ffn", "hidden=14336", "?", "?", "?", "?");
    expect_error(state, "ffn", "hidden=8", "scalar", "feed-forward needs features, but its input is a scalar");
    expect_label(state, "ffn", "hidden=2048", "Tx512", "feed-forward, 2048");
    expect_label(state, "gated_ffn", "hidden=14336", "Tx4096", "SwiGLU, 14336");
    expect_label(state, "gated_ffn", "hidden=64 act=gelu", "Tx16", "GEGLU, 64");
}

static void experts(void **state)
{
    /* Mixtral 8x7B: 8 experts of 3·4096·14336 and a router of 4096·8; a token uses two */
    expect(state, "moe", "experts=8 top=2 hidden=14336", "Tx4096", "Tx4096", "1409318912", "352354304T");
    /* Switch base: 8 experts of 2·768·3072, one for each token */
    expect(state, "moe", "experts=8 top=1 hidden=3072 gated=false", "Tx768", "Tx768", "37754880", "4724736T");
    expect(state, "moe", "experts=8 top=2 hidden=10 shared=1", "Tx4", "Tx4", "1112", "392T");
    expect(state, "router", "experts=8", "Tx4096", "Tx8", "32768", "32768T");
    expect_error(state, "moe", "experts=4 top=5 hidden=8", "Tx4", "a token cannot go to 5 of 4 experts");
    expect_label(state, "moe", "experts=8 top=2 hidden=14336", "Tx4096", "mixture of experts, top 2 of 8");
    expect_label(state, "router", "experts=8 top=1", "Tx4096", "router, top 1");
}

static void state_space(void **state)
{
    /* mamba-130m: 1536·(2·16 + 48) + 48·1536 + 1536 (step), 1536·16 (A), 1536 (D) */
    expect(state, "ssm", "state=16", "Tx1536", "Tx1536", "224256", "270336T");
    expect(state, "ssm", "state=16 rank=4", "10x64", "10x64", "3712", "56320");
    expect_error(state, "ssm", "", "64x8x8", "selective SSM needs a sequence T×d, but its input is 64x8x8");
    expect_label(state, "ssm", "", "Tx64", "selective SSM, state 16");
}

static void graphs(void **state)
{
    /* PyTorch Geometric on Cora: GCN 23,063, GAT 92,373 parameters */
    expect(state, "gcn", "out=16", "2708x1433", "2708x16", "22944", "62089024");
    expect(state, "gcn", "out=7 edges=13264", "2708x16", "2708x7", "119", "396144");
    expect(state, "gat", "out=8 heads=8", "2708x1433", "2708x64", "91904", NULL);
    expect(state, "gat", "out=7", "2708x64", "2708x7", "469", NULL);
    expect(state, "gat", "out=7 heads=8 merge=mean", "2708x64", "2708x7", "3703", NULL);
    /* torch_geometric.nn.SAGEConv(16, 32) */
    expect(state, "sage", "out=32", "Nx16", "Nx32", "1056", "1024N");
    expect(state, "message_passing", "out=8", "Nx4 Ex3", "Nx8", "200", "88E+96N");
    expect(state, "message_passing", "out=8", "Nx4", "Nx8", "176", "?");
    expect_error(state, "gcn", "out=8", "16", "graph conv needs nodes N×d, but its input is 16");
}

static void conditions(void **state)
{
    /* FiLM of 320 channels by a time embedding of 1280 */
    expect(state, "film", "", "320x64x64 1280", "320x64x64", "819840", "819200");
    /* DiT-XL/2: six vectors of 1152 from a condition of 1152 */
    expect(state, "adaln", "parts=6", "256x1152 1152", "256x1152", "7969536", "7962624");
    expect_error(state, "film", "", "320x64x64 scalar", "FiLM needs a condition with features, not a scalar");
}

static void latents(void **state)
{
    /* VQ-VAE: 512 codes of 64 */
    expect(state, "codebook", "codes=512", "64x8x8", "64x8x8", "32768", "2097152");
    expect(state, "codebook", "codes=512", "Tx64", "Tx64", "32768", "32768T");
    expect(state, "sample", "", "20 20 20", "20", "0", "0");
    expect_error(state, "sample", "", "20 21", "mean 20 and variance or noise 21 differ in shape");
    /* CLIP: one logit scale */
    expect(state, "similarity", "temperature=true", "512 512", "NxN", "1", "512N");
    expect(state, "similarity", "pairs=32", "512 512", "32x32", "0", "16384");
    expect(state, "similarity", "", "10x64 20x64", "10x20", "0", "12800");
    expect_error(state, "similarity", "", "512 768", "cannot compare 512 and 768: they differ in features");
    expect(state, "stop_gradient", "", "64x8x8", "64x8x8", "0", "0");
    expect_label(state, "codebook", "codes=512", "64x8x8", "codebook, 512");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(windows), CASE(feed_forward), CASE(experts), CASE(state_space), CASE(graphs), CASE(conditions), CASE(latents),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: MIT */
/* What the families of operations share: their tables, ways to look at inputs, and the common rules. */
#ifndef NETIKZ_RULES_H
#define NETIKZ_RULES_H

#include "op/op.h"

/* The rows of one family file. */
typedef struct OpFamily {
    const Op *rows; /* in the order in which they are listed */
    size_t count;   /* how many */
} OpFamily;

#define OP_ROWS(table) ((OpFamily){(table), sizeof(table) / sizeof *(table)})
#define OP_ATTRS(table) .attrs = (table), .attr_count = sizeof(table) / sizeof *(table)

OpFamily op_family_data(void);       /* data.c */
OpFamily op_family_conv(void);       /* conv.c */
OpFamily op_family_pool(void);       /* pool.c */
OpFamily op_family_norm(void);       /* norm.c */
OpFamily op_family_activation(void); /* activation.c */
OpFamily op_family_dense(void);      /* dense.c */
OpFamily op_family_recurrent(void);  /* recurrent.c */
OpFamily op_family_attention(void);  /* attention.c */
OpFamily op_family_feedforward(void); /* feedforward.c */
OpFamily op_family_statespace(void); /* statespace.c */
OpFamily op_family_graphnet(void);   /* graphnet.c */
OpFamily op_family_condition(void);  /* condition.c */
OpFamily op_family_latent(void);     /* latent.c */
OpFamily op_family_embedding(void);  /* embedding.c */
OpFamily op_family_merge(void);      /* merge.c */
OpFamily op_family_product(void);    /* product.c */
OpFamily op_family_reshape(void);    /* reshape.c */
OpFamily op_family_resize(void);     /* resize.c */
OpFamily op_family_select(void);     /* select.c */
OpFamily op_family_reduce(void);     /* reduce.c */
OpFamily op_family_regular(void);    /* regular.c */
OpFamily op_family_maths(void);      /* maths.c */
OpFamily op_family_loss(void);       /* loss.c */

/* Attributes that many operations have, written the same everywhere. */
#define ATTR_USE_BIAS                                                                                                  \
    {.name = "bias", .aliases = "use_bias bias_term has_bias", .kind = ATTR_BOOL, .fallback = "true",                  \
     .help = "whether a bias is added"}
#define ATTR_AXIS(default_axis, text)                                                                                  \
    {.name = "axis", .aliases = "dim", .kind = ATTR_INT, .fallback = (default_axis), .help = (text)}

/* A tensor seen as channels and positions. */
typedef struct Map {
    Shape shape;      /* all of it */
    uint32_t channel; /* axis of the channels */
    uint32_t first;   /* first spatial axis */
    uint32_t axes;    /* spatial axes */
} Map;

/* Reports: sets call->error (and the input it is about) and returns false. */
bool rule_fail(OpCall *call, uint32_t input, const char *format, ...) __attribute__((format(printf, 3, 4)));
void rule_hint(OpCall *call, const char *format, ...) __attribute__((format(printf, 2, 3)));
const char *rule_text(OpCall *call, Shape shape);           /* "64x56x56" for messages */
const char *rule_dim_text(OpCall *call, Dim d);             /* "64" for messages */

OpCall rule_call(Arena *arena, const Graph *graph, const Layer *layer); /* a call about a layer whose shapes are known already */
Shape rule_input(const OpCall *call, uint32_t index);       /* unknown where there is no such input */
uint32_t rule_rank(const OpCall *call,
    Shape shape);        /* dimensions of one sample; 0 where there are fewer than batch axes */
Dim rule_batch(const OpCall *call, Shape shape);            /* product of the batch axes that are fixed */
Dim rule_work(const OpCall *call, Shape shape);             /* elements, with a batch as rule_batch counts it */
uint32_t rule_feature_axis(const OpCall *call, Shape shape); /* axis of the channels or features: see rules.c */
Dim rule_sample(const OpCall *call, Shape shape);           /* elements of one sample */
Dim rule_features(const OpCall *call, Shape shape);         /* its size; unknown where the shape is */
/* Counts negative axes from behind; error where the axis is outside. */
bool rule_axis(OpCall *call, Dim axis, uint32_t rank, uint32_t *index);
/* The axis that an attribute says, or the other one; error where it is outside of that many axes. */
bool rule_axis_or(OpCall *call, const char *attr, uint32_t rank, uint32_t otherwise, uint32_t *axis);
/* Whether the input has as many channels or features (`what`) as the model says of it; error where not. */
bool rule_expects(OpCall *call, uint32_t input, const char *what, Dim said, Dim actual);
bool rule_groups(OpCall *call);                             /* whether `groups` divides the channels; error where not */
Dim rule_or(Dim given, Dim otherwise);                      /* the first that is known */
Dim rule_product(Arena *arena, const Dim *dims, uint32_t count); /* of all */

/* Sees an input of channels and positions as a map. False where its rank is unknown, or wrong (call->error). */
bool rule_map(OpCall *call, uint32_t input, Map *map);
Dim rule_positions(const OpCall *call, Shape shape);        /* product of the spatial sizes of a map */

const Attr *rule_attr(const Layer *layer, const char *name); /* what the model says, or NULL */
bool rule_has(const OpCall *call, const char *name);        /* whether the operation knows such an attribute */
uint32_t rule_numbers(const Layer *layer, const char *name); /* how many numbers it says; 0 where it does not */

void rule_set(OpCall *call, Shape shape);                   /* gives every output that shape */
Shape rule_with(const OpCall *call, Shape shape, uint32_t axis, Dim size); /* the shape with one size replaced */
Shape rule_without(const OpCall *call, Shape shape, uint32_t axis);        /* with one axis taken out */
Shape rule_inserted(const OpCall *call, Shape shape, uint32_t axis, Dim size); /* with one axis put in before `axis` */
bool rule_same(OpCall *call);                               /* shape rule: outputs are as the first input */
bool rule_join(Shape *into, Shape other);                   /* fills in what is unknown; false where they conflict */
bool rule_broadcast(const OpCall *call, Shape a, Shape b, Shape *out); /* à la numpy; false where they do not fit */
bool rule_broadcast_all(OpCall *call);                      /* shape rule: all inputs broadcast to one shape */
Shape rule_shape_of(const OpCall *call, const char *name);  /* an ATTR_SHAPE; unknown where the model does not say it */

/* Parts of labels: ", " before each part but the first. */
void label_part(Text *text, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* The attribute's number in place of the format's `%s`, where it is known. */
void label_int(const OpCall *call, Text *text, const char *attr, const char *format);
/* Likewise, unless it is the usual number. */
void label_unless(const OpCall *call, Text *text, const char *attr, int64_t usual, const char *format);
/* "7×7", for one number too; no comma in front. */
void label_sizes(const OpCall *call, Text *text, const char *attr);

#endif

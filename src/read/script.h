/* SPDX-License-Identifier: MIT */
/*
 * What the rooms of the reader of TorchScript archives share. The code of an archive is a small Python; it is followed
 * as far as shapes and attributes tell, and each operation of torch on tensors becomes a node of ONNX' reader.
 */
#ifndef NETIKZ_SCRIPT_H
#define NETIKZ_SCRIPT_H

#include "format/pickle.h"
#include "read/lower.h"

enum {
    SCRIPT_MOST_BYTES = 1 << 22,   /* of code, unpacked, in all; four times as many of a pickle */
    SCRIPT_MOST_STEPS = 1000000,   /* values that are computed, and other work that takes about as long */
    SCRIPT_MOST_DEPTH = 200        /* calls, statements and expressions inside each other */
};

typedef enum ScriptKind {
    SCRIPT_UNKNOWN, SCRIPT_NONE, SCRIPT_BOOL, SCRIPT_INT, SCRIPT_FLOAT, SCRIPT_TEXT, SCRIPT_LIST, SCRIPT_MODULE,
    SCRIPT_METHOD,  /* text: of the module `items[0]` */
    SCRIPT_TENSOR,
    SCRIPT_PATH     /* text: a name that the code does not give, `torch.relu` */
} ScriptKind;

typedef struct ScriptValue ScriptValue;
struct ScriptValue {
    ScriptKind kind;
    bool yes;               /* SCRIPT_BOOL */
    Dim n;                  /* SCRIPT_INT */
    double number;          /* SCRIPT_FLOAT */
    Str text;               /* SCRIPT_TEXT, SCRIPT_PATH, SCRIPT_METHOD; SCRIPT_TENSOR: its name; SCRIPT_MODULE: its path */
    ScriptValue **items;    /* SCRIPT_LIST: tuples too */
    uint32_t count, room;
    const Pickle *object;   /* SCRIPT_MODULE */
};

/* A line of code, with the lines that go on with it. */
typedef struct ScriptLine {
    Str text;
    uint32_t indent, number;
} ScriptLine;

/* A function or method: its head, and where its body begins. */
typedef struct ScriptFile ScriptFile;
typedef struct ScriptFunction {
    const ScriptFile *file;
    Str parameters;         /* between the parentheses of its head */
    uint32_t first, end;    /* lines of its body */
} ScriptFunction;

struct ScriptFile {
    Str name;
    ScriptLine *lines;
    uint32_t count, room;
    Names *functions;       /* ScriptFunction by name, methods by `Class.name` */
    Names *parameters;      /* by class: the line that lists its parameters, as Str */
};

/* What an operation of torch becomes. */
typedef struct ScriptRow {
    OnnxRow row;
    /*
     * What its arguments are called, in order. `*`: a tensor, or numbers that are known, becomes an input; `+`: a list of
     * weights becomes one; `-`: of no interest.
     */
    const char *arguments;
    uint32_t outputs;       /* 0: one; SCRIPT_MANY: a list, as long as the arguments say */
} ScriptRow;

enum { SCRIPT_MANY = 255 };

/* A module whose method is being followed. */
typedef struct ScriptContext ScriptContext;
struct ScriptContext {
    ScriptContext *outer;   /* that of the caller; NULL: the whole network */
    ScriptValue *self;      /* its text is the path in the figure */
    bool leaf;              /* a module of torch's own without modules in it: its operations are called after it */
    bool made;              /* there is a scope for it, or it needs none */
};

typedef struct Script {
    Arena *arena;
    Diags *diags;
    const Source *source;
    const ReadOptions *options;
    OnnxReader *reader;
    OnnxFrame *frame;
    Str prefix;             /* of all names in the archive, with `/` at the end */
    Names *files;           /* ScriptFile by name */
    Names *rows;            /* ScriptRow by name */
    Names *names;           /* of nodes and scopes, that none is used twice */
    Names *weights;         /* ScriptValue by storage, offset and shape */
    Names *hints;           /* Shape by name of an input: what its first reader tells of it */
    Names *unshaped;        /* inputs whose shape is not known */
    Names *parameters;      /* what its classes say is trained, by the same */
    Dim held;               /* how many numbers these are */
    Pickle *root;           /* the module */
    const Pickle *constants;
    ScriptContext *context;
    size_t bytes;           /* unpacked */
    size_t steps;
    uint32_t depth, tensors;
    bool turns;             /* axes change their places */
    bool guessed;           /* a condition that depends on the data was taken to hold */
    const ScriptFile *file; /* what is being followed, NULL: nothing yet */
    uint32_t line;
    bool failed;
} Script;

/* script_text.c: files of code */
ScriptFile *script_file(Script *script, Str dotted, Str *name); /* `__torch__.a.b.Name`: its file, and Name; NULL: none */
const ScriptFunction *script_function(Script *script, Str dotted, Str method); /* method empty: a function; NULL: none */
bool script_is_parameter(Script *script, const Pickle *object, Str name); /* the object's class lists it as one */
bool script_is_module(const Pickle *object);              /* an object of a class that the archive holds */
Str script_class(const Script *script, const Pickle *object); /* `__torch__.a.b.Name`; empty: none */
Str script_last(Str dotted);                              /* Name */

/* script_value.c: values */
bool script_work(Script *script, size_t steps);           /* counts it; false where there was too much */
ScriptValue *script_new(Script *script, ScriptKind kind);
ScriptValue *script_int(Script *script, Dim n);
ScriptValue *script_bool(Script *script, bool yes);
ScriptValue *script_text(Script *script, ScriptKind kind, Str text);
void script_add(Script *script, ScriptValue *list, ScriptValue *item);
ScriptValue *script_of(Script *script, const Pickle *pickle, const ScriptValue *owner, Str name); /* what a pickle holds */
Shape script_shape(const Script *script, const ScriptValue *tensor);
void script_find_parameters(Script *script, Pickle *object, int depth); /* of a module and those in it */
bool script_fail(Script *script, const char *what, Str name); /* of a file, or empty: at the line that is followed; always false */

/* script_eval.c: expressions */
ScriptValue *script_eval(Script *script, Names *locals, Str *text); /* the expression at the beginning; the rest stays */

/* script_run.c: functions and their statements; what they return */
ScriptValue *script_call(Script *script, const ScriptFunction *function, ScriptValue *self, ScriptValue **values, uint32_t count,
                         Names *named);
Str script_unique(Script *script, Str name);              /* the name, or with a number behind it */

/* script_builtin.c: what is done with numbers, texts and lists; NULL: it is about tensors */
ScriptValue *script_builtin(Script *script, Str name, ScriptValue **values, uint32_t count);

/* script_op.c: an operation on tensors */
ScriptValue *script_op(Script *script, Str name, ScriptValue **values, uint32_t count, Names *named);

/* script_hint.c: what the first operation that reads an input tells of its shape */
void script_hint(Script *script, Str op, ScriptValue **values, uint32_t count);

const ScriptRow *script_row_at(size_t index);             /* script_table.c; NULL behind the last */

#endif

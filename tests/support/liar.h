/* SPDX-License-Identifier: Apache-2.0 */
/* Servers that lie, as data: a table of cases says what each connection is sent, byte for byte, and
 * what must come of it. The table is tests/network/liar.cases; the language stands at its head. The
 * player knows neither sockets nor clocks: it hands out pieces, pauses and ends. */
#ifndef TESTS_LIAR_H
#define TESTS_LIAR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LIAR_TABLE      "tests/network/liar.cases"
#define LIAR_NAME_MAX   64u
#define LIAR_SCRIPTS    13u /* connections that a case tells apart */
#define LIAR_OPS        24u /* statements of a connection */
#define LIAR_CHECKS     6u
#define LIAR_FILES      16u
#define LIAR_TEXT_MAX   8192u /* of one statement, its $() filled in */
#define LIAR_WITHIN_S   300u  /* when a case does not say */
#define LIAR_PIECE_MAX  16384u
#define LIAR_HONEST_TAG "\"v1\""

/* A file that a script can send: the right image under the name "image", and others. */
struct liar_file {
    const char *name;
    const uint8_t *bytes;
    size_t len;
};
struct liar_files {
    unsigned n;
    struct liar_file file[LIAR_FILES];
};

enum liar_end {
    LIAR_NOTIFY, /* close_notify, then FIN */
    LIAR_FIN,    /* FIN alone */
    LIAR_RESET,
    LIAR_STALL, /* silence for ever */
};

enum liar_op_kind {
    LIAR_OP_SEND,   /* text, count times */
    LIAR_OP_BODY,   /* file, from and to */
    LIAR_OP_CHUNKS, /* file, from and to, in chunks of count bytes */
    LIAR_OP_HONEST, /* what an honest server answers about file; text is its ETag */
    LIAR_OP_SLICE,  /* at most count bytes in each piece from here on */
    LIAR_OP_PACE,   /* count ms of silence before each piece from here on */
    LIAR_OP_PAUSE,  /* count ms of silence */
    LIAR_OP_CUT,    /* after count more bytes the connection ends; text[0] is an enum liar_end */
    LIAR_OP_END,    /* count is an enum liar_end */
};

struct liar_op {
    enum liar_op_kind kind;
    uint32_t count;
    const struct liar_file *file;
    char *text; /* of text_len bytes, NUL-terminated; may hold $() and NUL */
    size_t text_len;
    const char *from, *to; /* sums; to "" is the file's end */
};

struct liar_script {
    bool is_refused; /* the connection is not accepted */
    bool is_early;   /* does not wait for the request */
    unsigned n;
    struct liar_op op[LIAR_OPS];
};

struct liar_case {
    char name[LIAR_NAME_MAX];
    unsigned line; /* of the table */
    unsigned n;    /* scripts; the last one serves all later connections, too */
    struct liar_script script[LIAR_SCRIPTS];
    char *expected;        /* "installed", or names of errors with " or " between them */
    bool erases_none;      /* nothing is erased or programmed */
    bool on_board;         /* belongs to the part that runs on the virtual board */
    bool is_slow;          /* takes half a minute or more where time is real */
    unsigned within_s;     /* of the device's time */
    unsigned most;         /* connections; 0: any number */
    char *wire;            /* a sum: bytes that the device may be given at most; NULL: any number */
    char *user, *password; /* that the device was given; NULL: none */
    unsigned n_seen, n_unseen;
    char *seen[LIAR_CHECKS];   /* texts that the requests must hold */
    char *unseen[LIAR_CHECKS]; /* and must not */
};

struct liar_table {
    unsigned n;
    struct liar_case *cases;
};

/* Reads a whole table; files outlive it. Errors: false with "line N: sentence" in err. */
bool liar_parse(struct liar_table *table, const char *text, const struct liar_files *files,
                char *err, size_t err_len);
void liar_table_free(struct liar_table *table);
/* liar_parse() of a file; ends the program with a message when that cannot be. */
void liar_table_read(struct liar_table *table, const char *path, const struct liar_files *files);

/* True when an update of the case may end in outcome: "installed", or an error's name. */
bool liar_expects(const struct liar_case *c, const char *outcome);
/* True when a server of the case keeps its client waiting. */
bool liar_falls_silent(const struct liar_case *c);
/* True when the case's name is among names[n]. */
bool liar_is_named(const struct liar_case *c, char **names, int n);

const struct liar_file *liar_find_file(const struct liar_files *files, const char *name,
                                       size_t len);

/* One connection being served. */
struct liar_conn {
    const struct liar_files *files;
    const struct liar_script *script;
    unsigned at;     /* the present statement */
    unsigned phase;  /* of it */
    uint32_t repeat; /* of it */
    size_t chunk_at;
    size_t file_from, file_to; /* what is left of the file for chunks and honest answers */
    const uint8_t *piece;
    size_t piece_len;
    uint32_t slice, pace_ms;
    uint64_t left; /* bytes until the cut; UINT64_MAX: there is none */
    enum liar_end cut_end;
    bool has_request;
    uint32_t range_from; /* of the request: its Range, 0 without one */
    bool has_range;
    char if_range[128];
    char text[LIAR_TEXT_MAX];
};

struct liar_step {
    enum { LIAR_WAIT, LIAR_BYTES, LIAR_ENDS } kind; /* LIAR_WAIT: for the request */
    uint32_t pause_ms;                              /* before it */
    const uint8_t *bytes;                           /* until the next step is asked for */
    size_t len;
    enum liar_end end;
};

/* Begins the number-th connection of a case, counted from 0. */
void liar_begin(struct liar_conn *conn, const struct liar_case *c, const struct liar_files *files,
                unsigned number);
/* Tells what the client has sent so far; true once the request's head is complete. */
bool liar_hear(struct liar_conn *conn, const char *request, size_t len);
/* The value of a sum as scripts write it ("image/2+4096"). */
uint64_t liar_sum(const struct liar_files *files, const char *text);
/* What happens next. After LIAR_ENDS it is not asked again. */
void liar_next(struct liar_conn *conn, struct liar_step *step);

/* Files that are wrong in one way each, made from the right image; "image" itself is among them.
 * Freed by liar_files_free(). Aborts when memory is out. */
void liar_files_make(struct liar_files *files, const uint8_t *image, size_t len);
void liar_files_free(struct liar_files *files);

#endif

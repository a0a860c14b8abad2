/* SPDX-License-Identifier: Apache-2.0 */
/* See net_script.h. A line is split into words; the first word says what the others must be. */
#include "net_script.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "net_words.h"
#include "vb_net_peer.h"

#define MAX_WORDS 8u

/* A line under way: words from `at` on are still to be understood. */
struct line {
    char text[VB_SCRIPT_LINE + 1];
    char *word[MAX_WORDS];
    unsigned n, at;
    char *err;
    size_t err_len;
};

static bool refuse(struct line *line, const char *what, const char *word)
{
    if (word != NULL) {
        snprintf(line->err, line->err_len, "%s, not '%s'", what, word);
    } else {
        snprintf(line->err, line->err_len, "%s", what);
    }
    return false;
}

static const char *peek(const struct line *line)
{
    return line->at < line->n ? line->word[line->at] : NULL;
}

static bool take_word(struct line *line, const char *word)
{
    const char *next = peek(line);
    bool is_it = next != NULL && strcmp(next, word) == 0;
    line->at += is_it;
    return is_it;
}

static bool take_time(struct line *line, uint64_t *us)
{
    const char *word = peek(line);
    if (word == NULL || !vb_word_time(word, us)) {
        return refuse(line, "expected a time as 200ms or 2s", word);
    }
    line->at++;
    return true;
}

static bool take_count(struct line *line, uint32_t *n)
{
    const char *word = peek(line);
    if (word == NULL || !vb_word_count(word, n)) {
        return refuse(line, "expected a number as 1500 or 10k", word);
    }
    line->at++;
    return true;
}

static bool take_text(struct line *line, char *text, const char *what)
{
    const char *word = peek(line);
    if (word == NULL) {
        return refuse(line, what, word);
    }
    strcpy(text, word); /* a word is shorter than a line, and text holds a line */
    line->at++;
    return true;
}

/* --- actions --- */

static bool parse_ap(struct line *line, struct vb_script_rule *rule)
{
    if (take_word(line, "up")) {
        rule->act = VB_ACT_AP_UP;
        return true;
    }
    if (!take_word(line, "down")) {
        return refuse(line, "expected 'up' or 'down' after 'ap'", peek(line));
    }
    rule->act = VB_ACT_AP_DOWN;
    return peek(line) == NULL || take_time(line, &rule->time_us);
}

static bool parse_link(struct line *line, struct vb_script_rule *rule, enum vb_script_act act)
{
    struct vb_link scratch = {0};
    rule->act = act;
    return take_text(line, rule->text, "expected link properties as loss=10%,delay=20ms") &&
           vb_link_parse(&scratch, rule->text, line->err, line->err_len);
}

/* The server and the names keep theirs. */
static bool parse_address(struct line *line, struct vb_script_rule *rule)
{
    const char *word = peek(line);
    unsigned last;
    int used = 0;
    rule->act = VB_ACT_ADDRESS;
    if (word == NULL || sscanf(word, "10.0.2.%3u%n", &last, &used) != 1 || word[used] != '\0' ||
        last < 4 || last > 254) {
        return refuse(line, "expected an address from 10.0.2.4 to 10.0.2.254", word);
    }
    rule->number = 0x0a000200u + last;
    line->at++;
    return true;
}

static bool parse_action(struct line *line, struct vb_script_rule *rule)
{
    if (take_word(line, "ap")) {
        return parse_ap(line, rule);
    }
    if (take_word(line, "link")) {
        return parse_link(line, rule, VB_ACT_LINK);
    }
    if (take_word(line, "link-up")) {
        return parse_link(line, rule, VB_ACT_LINK_UP);
    }
    if (take_word(line, "link-down")) {
        return parse_link(line, rule, VB_ACT_LINK_DOWN);
    }
    if (take_word(line, "address")) {
        return parse_address(line, rule);
    }
    if (take_word(line, "stall")) {
        rule->act = VB_ACT_STALL;
        return take_time(line, &rule->time_us);
    }
    bool is_close = take_word(line, "close");
    if (!is_close && !take_word(line, "reset")) {
        return refuse(line, "expected ap, address, link, link-up, link-down, close, reset or stall",
                      peek(line));
    }
    rule->act = is_close ? VB_ACT_CLOSE : VB_ACT_RESET;
    return true;
}

static bool parse_answer(struct line *line, struct vb_script_rule *rule)
{
    rule->when = VB_WHEN_REQUEST;
    if (take_word(line, "redirect")) {
        rule->act = VB_ACT_REDIRECT;
        return take_text(line, rule->text, "expected a URL after 'redirect'");
    }
    if (take_word(line, "length")) {
        rule->act = VB_ACT_LENGTH;
        return take_count(line, &rule->number);
    }
    if (!take_word(line, "status")) {
        return refuse(line, "expected at, after, request, status, redirect, length, tls or name",
                      peek(line));
    }
    rule->act = VB_ACT_STATUS;
    if (!take_count(line, &rule->number)) {
        return false;
    }
    bool is_status = rule->number >= 200 && rule->number <= 599;
    return is_status || refuse(line, "a status is 200 to 599", line->word[line->at - 1]);
}

/* --- lines --- */

static bool parse_at(struct line *line, struct vb_script_rule *rule)
{
    rule->when = VB_WHEN_TIME;
    return take_time(line, &rule->at) && parse_action(line, rule);
}

static bool parse_after(struct line *line, struct vb_script_rule *rule)
{
    uint32_t n;
    rule->when = VB_WHEN_BYTES;
    if (!take_count(line, &n)) {
        return false;
    }
    rule->at = n;
    if (!take_word(line, "bytes")) {
        return refuse(line, "expected 'bytes' after the number", peek(line));
    }
    return parse_action(line, rule);
}

static bool parse_request(struct line *line, struct vb_script_rule *rule)
{
    uint32_t n;
    if (!take_count(line, &n)) {
        return false;
    }
    if (n == 0) {
        return refuse(line, "requests count from 1", NULL);
    }
    rule->at = n;
    return parse_answer(line, rule);
}

static bool parse_tls(struct line *line, struct vb_script_rule *rule)
{
    rule->when = VB_WHEN_START;
    rule->act = VB_ACT_TLS;
    rule->number = take_word(line, "1.2") ? 0x0303 : take_word(line, "1.3") ? 0x0304 : 0;
    return rule->number != 0 || refuse(line, "expected 1.2 or 1.3 after 'tls'", peek(line));
}

static bool parse_name(struct line *line, struct vb_script_rule *rule)
{
    rule->when = VB_WHEN_START;
    rule->act = VB_ACT_NAME;
    return take_text(line, rule->text, "expected a host name after 'name'");
}

static bool parse_words(struct line *line, struct vb_script_rule *rule)
{
    bool ok;
    if (take_word(line, "at")) {
        ok = parse_at(line, rule);
    } else if (take_word(line, "after")) {
        ok = parse_after(line, rule);
    } else if (take_word(line, "request")) {
        ok = parse_request(line, rule);
    } else if (take_word(line, "tls")) {
        ok = parse_tls(line, rule);
    } else if (take_word(line, "name")) {
        ok = parse_name(line, rule);
    } else {
        ok = parse_answer(line, rule);
    }
    return ok && (peek(line) == NULL || refuse(line, "expected the end of the line", peek(line)));
}

/* Copies a line without its comment and splits it. */
static bool split(struct line *line, const char *text, size_t len)
{
    char *rest = line->text;
    char *word;
    if (len > VB_SCRIPT_LINE) {
        return refuse(line, "longer than 255 bytes", NULL);
    }
    memcpy(line->text, text, len);
    line->text[len] = '\0';
    line->text[strcspn(line->text, "#\r")] = '\0';
    while ((word = strsep(&rest, " \t")) != NULL) {
        if (word[0] != '\0' && line->n == MAX_WORDS) {
            return refuse(line, "more than 8 words", NULL);
        }
        if (word[0] != '\0') {
            line->word[line->n++] = word;
        }
    }
    return true;
}

static bool add_line(struct vb_script *script, struct line *line, const char *text, size_t len)
{
    struct vb_script_rule rule = {0};
    if (!split(line, text, len)) {
        return false;
    }
    if (line->n == 0) {
        return true;
    }
    if (!parse_words(line, &rule)) {
        return false;
    }
    if (script->n == VB_SCRIPT_RULES) {
        return refuse(line, "more than 64 rules", NULL);
    }
    script->rule[script->n++] = rule;
    return true;
}

bool vb_script_parse(struct vb_script *script, const char *name, const char *text, char *err,
                     size_t err_len)
{
    char reason[VB_SCRIPT_LINE + 100];
    unsigned number = 1;
    script->n = 0;
    while (text[0] != '\0') {
        size_t len = strcspn(text, "\n");
        struct line line = {.err = reason, .err_len = sizeof(reason)};
        if (!add_line(script, &line, text, len)) {
            snprintf(err, err_len, "%s:%u: %s", name, number, reason);
            return false;
        }
        text += len + (text[len] == '\n');
        number++;
    }
    return true;
}

bool vb_script_parse_action(struct vb_script_rule *rule, const char *text, char *err,
                            size_t err_len)
{
    struct line line = {.err = err, .err_len = err_len};
    *rule = (struct vb_script_rule){0};
    return split(&line, text, strlen(text)) && parse_action(&line, rule) &&
           (peek(&line) == NULL || refuse(&line, "expected the end of the action", peek(&line)));
}

/* --- following it --- */

uint64_t vb_script_next(const struct vb_script *script, enum vb_script_when when)
{
    uint64_t next = UINT64_MAX;
    for (unsigned i = 0; i < script->n; i++) {
        const struct vb_script_rule *rule = &script->rule[i];
        if (rule->when == when && !rule->is_done && rule->at < next) {
            next = rule->at;
        }
    }
    return next;
}

const struct vb_script_rule *vb_script_take(struct vb_script *script, enum vb_script_when when,
                                            uint64_t reached)
{
    uint64_t next = vb_script_next(script, when);
    for (unsigned i = 0; i < script->n && next <= reached; i++) {
        struct vb_script_rule *rule = &script->rule[i];
        if (rule->when == when && !rule->is_done && rule->at == next) {
            rule->is_done = true;
            return rule;
        }
    }
    return NULL;
}

const struct vb_script_rule *vb_script_answer(struct vb_script *script, unsigned request,
                                              enum vb_script_act act)
{
    for (unsigned i = 0; i < script->n; i++) {
        struct vb_script_rule *rule = &script->rule[i];
        if (rule->when == VB_WHEN_REQUEST && rule->act == act &&
            (rule->at == 0 || rule->at == request)) {
            rule->is_done = true;
            return rule;
        }
    }
    return NULL;
}

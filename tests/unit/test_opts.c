/* SPDX-License-Identifier: Apache-2.0 */
/* The one loop that reads the command line of every verb: what it takes, and in which words it
 * refuses. */
#include "check.h"

#include <sys/stat.h>

#include "io.h"
#include "opts.h"
#include "verb_run.h"

#define DIR "build/test-opts"

enum { NAME, FLAG, SHORT, NEVER };
static const struct opt table[] = {
    [NAME] = {"--name", "TEXT", "takes a text"},
    [FLAG] = {"-f", NULL, "takes nothing"},
    [SHORT] = {"-s", "N", "takes a number"},
    [NEVER] = {"--never", "X", "is refused"},
};

static struct {
    char line[100]; /* what was taken, in turn */
    int max_words;
    const char *word[2];
    int n_words;
} seen;

static bool take(void *ctx, int option, const char *value)
{
    size_t at = strlen(seen.line);

    assert_ptr_equal(ctx, &seen);
    if (option == NEVER) {
        io_error("never '%s'", value);
        return false;
    }
    snprintf(seen.line + at, sizeof(seen.line) - at, "%s=%s;", table[option].name,
             value != NULL ? value : "NULL");
    return true;
}

static int cmd_try(int argc, char **argv)
{
    struct opts opts = {.usage = "try [options]",
                        .table = table,
                        .n_options = COUNT(table),
                        .take = take,
                        .ctx = &seen,
                        .word = seen.word,
                        .max_words = seen.max_words};
    int code = opts_read(&opts, argc, argv);

    seen.n_words = opts.n_words;
    return code;
}

static int reset(void **state)
{
    (void)state;
    mkdir("build", 0777);
    mkdir(DIR, 0777);
    memset(&seen, 0, sizeof(seen));
    seen.max_words = 2;
    return 0;
}

static void options_are_taken_in_turn(void **state)
{
    (void)state;
    assert_int_equal(RUN(try, "--name", "a", "-f", "--name=b=c", "--name="), OPTS_GO_ON);
    assert_string_equal(seen.line, "--name=a;-f=NULL;--name=b=c;--name=;");
    assert_int_equal(seen.n_words, 0);
    assert_string_equal(verb_out, "");
    assert_string_equal(verb_err, "");

    /* What follows an option is its argument, whatever it looks like. */
    reset(NULL);
    assert_int_equal(RUN(try, "--name", "--help"), OPTS_GO_ON);
    assert_string_equal(seen.line, "--name=--help;");

    reset(NULL);
    assert_int_equal(RUN(try, "-s", "1", "-s2", "-s=3"), OPTS_GO_ON);
    assert_string_equal(seen.line, "-s=1;-s=2;-s=3;");
}

static void operands_stand_anywhere(void **state)
{
    (void)state;
    assert_int_equal(RUN(try, "one", "-f", "-"), OPTS_GO_ON);
    assert_int_equal(seen.n_words, 2);
    assert_string_equal(seen.word[0], "one");
    assert_string_equal(seen.word[1], "-");
    assert_string_equal(seen.line, "-f=NULL;");

    assert_int_equal(RUN(try, "--", "--help", "--"), OPTS_GO_ON);
    assert_int_equal(seen.n_words, 2);
    assert_string_equal(seen.word[0], "--help");
    assert_string_equal(seen.word[1], "--");
}

static void a_word_too_many_is_refused(void **state)
{
    (void)state;
    assert_int_equal(RUN(try, "one", "two", "three", "-f"), EXIT_HOST);
    assert_string_equal(verb_err, "error: one operand too many: 'three'\n");
    assert_string_equal(seen.line, "");
    seen.max_words = 0;
    assert_int_equal(RUN(try, "one"), EXIT_HOST);
    assert_string_equal(verb_err, "error: unexpected 'one'\n");
}

static void wrong_options_are_refused(void **state)
{
    (void)state;
    static const struct {
        const char *word[2];
        const char *err;
    } cases[] = {
        {{"--nam"}, "error: unknown option '--nam' of 'try'\nhint: airslot try --help lists "},
        {{"--names=x"}, "error: unknown option '--names=x' of 'try'\n"},
        {{"-ff"}, "error: unknown option '-ff' of 'try'\n"},
        {{"--name"}, "error: option --name needs TEXT\n"},
        {{"-f=x"}, "error: option -f takes no value\n"},
        {{"--never=x", "--help"}, "error: never 'x'\n"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        assert_int_equal(RUN(try, cases[i].word[0], cases[i].word[1]), EXIT_HOST);
        verb_expect_error(cases[i].err);
        assert_string_equal(verb_out, "");
        assert_string_equal(seen.line, "");
    }
}

static void help_lists_the_options(void **state)
{
    (void)state;
    assert_int_equal(RUN(try, "-f", "--help", "--nonsense"), EXIT_DONE);
    assert_string_equal(verb_out, "usage: airslot try [options]\n"
                                  "  --name TEXT                    takes a text\n"
                                  "  -f                             takes nothing\n"
                                  "  -s N                           takes a number\n"
                                  "  --never X                      is refused\n");
    assert_string_equal(verb_err, "");
    assert_int_equal(RUN(try, "-h"), EXIT_DONE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(options_are_taken_in_turn, reset),
        cmocka_unit_test_setup(operands_stand_anywhere, reset),
        cmocka_unit_test_setup(a_word_too_many_is_refused, reset),
        cmocka_unit_test_setup(wrong_options_are_refused, reset),
        cmocka_unit_test_setup(help_lists_the_options, reset),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

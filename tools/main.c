/* SPDX-License-Identifier: Apache-2.0 */
/* The command airslot: finds the verb and hands over. */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "io.h"
#include "tools.h"

#ifndef AIRSLOT_VERSION
#define AIRSLOT_VERSION "unknown"
#endif

struct verb {
    const char *name;
    int (*run)(int argc, char **argv);
    const char *help;
};

/* In the order of a newcomer's way. */
static const struct verb verbs[] = {
    {"image", cmd_image, "make, describe, sign and check application images"},
    {"key", cmd_key, "make the keys that sign images"},
    {"partitions", cmd_partitions, "build, show and check partition tables"},
    {"otadata", cmd_otadata, "explain which slot boots and why"},
    {"flash", cmd_flash, "write files to the flash of a device"},
    {"read-flash", cmd_read_flash, "copy flash to a file"},
    {"erase-flash", cmd_erase_flash, "erase flash, or a part of it"},
    {"monitor", cmd_monitor, "show the console of a device"},
    {"flash-map", cmd_flash_map, "draw what a flash file holds, and its wear"},
    {"cert", cmd_cert, "make a server's certificate and key"},
    {"serve", cmd_serve, "serve a folder of images over HTTPS"},
    {"board", cmd_board, "run a virtual ESP8266 on a flash file"},
    {"campaign", cmd_campaign, "try every fault at every flash operation of an update"},
};
static const unsigned n_verbs = sizeof(verbs) / sizeof(verbs[0]);

static void print_help(FILE *out)
{
    fprintf(out, "usage: airslot VERB [options]\n");
    for (unsigned i = 0; i < n_verbs; i++) {
        fprintf(out, "  %-12s %s\n", verbs[i].name, verbs[i].help);
    }
    fprintf(out, "airslot help VERB explains one verb, airslot version names this build\n");
}

static const struct verb *find_verb(const char *name)
{
    for (unsigned i = 0; i < n_verbs; i++) {
        if (strcmp(verbs[i].name, name) == 0) {
            return &verbs[i];
        }
    }
    return NULL;
}

static bool is_one_of(const char *word, const char *a, const char *b, const char *c)
{
    return strcmp(word, a) == 0 || strcmp(word, b) == 0 || strcmp(word, c) == 0;
}

static int run(const char *name, int argc, char **argv)
{
    const struct verb *verb = find_verb(name);

    if (verb == NULL) {
        io_error("unknown verb '%s'", name);
        io_hint("airslot help lists the verbs");
        return EXIT_HOST;
    }
    return verb->run(argc, argv);
}

/* `help VERB` is `VERB --help`. */
static int help(const char *name)
{
    char *argv[] = {(char *)(uintptr_t)name, (char *)(uintptr_t) "--help", NULL};

    if (name == NULL) {
        print_help(stdout);
        return EXIT_DONE;
    }
    return run(name, 2, argv);
}

int main(int argc, char **argv)
{
    if (argc < 2) {
        print_help(stderr);
        return EXIT_HOST;
    }
    if (is_one_of(argv[1], "help", "--help", "-h")) {
        return help(argv[2]);
    }
    if (is_one_of(argv[1], "version", "--version", "-V")) {
        printf("airslot %s\n", AIRSLOT_VERSION);
        return EXIT_DONE;
    }
    return run(argv[1], argc - 1, argv + 1);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* The command airslot: finds the verb and hands over. */
#include <stdio.h>
#include <string.h>

#include "io.h"
#include "tools.h"

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
    fprintf(out, "airslot VERB --help explains one verb\n");
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

int main(int argc, char **argv)
{
    if (argc < 2) {
        print_help(stderr);
        return EXIT_HOST;
    }
    if (strcmp(argv[1], "help") == 0 || strcmp(argv[1], "--help") == 0) {
        print_help(stdout);
        return EXIT_DONE;
    }
    const struct verb *verb = find_verb(argv[1]);
    if (verb == NULL) {
        io_error("unknown verb '%s'", argv[1]);
        io_hint("airslot help lists the verbs");
        return EXIT_HOST;
    }
    return verb->run(argc - 1, argv + 1);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Plays the table's cases that are marked `on board` to simple_ota_example on the virtual board,
 * over the board's usual network (libslirp) and real sockets. Each board is told another port of
 * this machine: its image is that of the example but for the URL's digits. Usage:
 * liar_board_sockets
 * [--sample|--all] [TABLE [CASE...]]; neither: all but slow cases. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "liar_report.h"
#include "liar_server.h"
#include "make_image.h"
#include "net_stage.h"
#include "vb_net_slirp.h"

#define URL       "https://10.0.2.2:8070/"
#define DIGITS_AT 17u /* of the port, in it */
#define JOIN_MS   30000u
#define HOST_S    60u /* more than what the case gives the device */
#define EVERY     8u  /* of a sample */

static struct liar_files files;
static struct liar_identity identity;
static struct net_lab lab;

static void die(const char *what)
{
    fprintf(stderr, "error: %s\n", what);
    exit(1);
}

static void tell_port(uint16_t port)
{
    uint8_t *app = lab.d.flash + FACTORY_ADDR;
    char *url = memmem(app, lab.app_len, URL, strlen(URL));
    char digits[8];
    if (!url || port > 9999 || snprintf(digits, sizeof digits, "%04u", (unsigned)port) != 4) {
        die("the image names no server of four digits");
    }
    memcpy(url + DIGITS_AT, digits, 4);
    reseal_image(app, lab.app_len);
}

static void play(const struct liar_case *c, struct net_verdict *verdict)
{
    alarm(c->within_s + HOST_S);
    struct liar_server *server = liar_server_start_low(&identity, c, &files);
    struct vb_net_slirp *net = vb_net_slirp_new();
    if (!net) {
        die("libslirp does not start");
    }
    net_lab_open(&lab, &(struct net_lab_config){.seed = 1, .backend = vb_net_slirp_backend(net)});
    tell_port(liar_server_port(server));
    if (!device_run(&lab.d, "Starting OTA", JOIN_MS)) {
        die("the device does not get so far");
    }
    net_lab_mark(&lab);
    net_lab_finish(&lab, c->within_s * 1000u, verdict);
    device_free(&lab.d);
    vb_net_slirp_free(net);
    liar_server_stop(server);
    verdict->connections = liar_server_connects(server);
    liar_server_free(server);
    net_lab_exit();
}

static bool is_in_sample(const struct liar_case *c, unsigned number)
{
    return !liar_falls_silent(c) && number % EVERY == 0;
}

int main(int argc, char **argv)
{
    struct liar_table table;
    size_t len;
    unsigned n = 0, passed = 0, left_out = 0, on_board = 0;
    bool all = argc > 1 && strcmp(argv[1], "--all") == 0;
    argv += all;
    argc -= all;
    signal(SIGPIPE, SIG_IGN);
    uint8_t *image = net_stage_read_file(NET_LAB_IMAGE, &len);
    liar_files_make(&files, image, len);
    liar_table_read(&table, argc > 1 ? argv[1] : LIAR_TABLE, &files);
    liar_identity_load(&identity, NET_LAB_FIRMWARE "server_certs/ca_cert.pem",
                       NET_LAB_FIRMWARE "server_certs/ca_key.pem");
    const struct liar_case **cases = calloc(table.n, sizeof(void *));
    struct net_verdict *verdicts = net_lab_shared(table.n * sizeof *verdicts);
    for (unsigned i = 0; i < table.n; i++) {
        const struct liar_case *c = &table.cases[i];
        bool is_wanted = argc > 2 ? liar_is_named(c, argv + 2, argc - 2)
                                  : c->on_board && (all || is_in_sample(c, on_board++));
        left_out += c->on_board && !is_wanted;
        if (is_wanted) {
            cases[n] = c;
            if (net_lab_fork()) {
                play(c, &verdicts[n]);
            }
            n++;
        }
    }
    net_lab_join();
    for (unsigned i = 0; i < n; i++) {
        passed += liar_report(cases[i], &verdicts[i], argc > 2);
    }
    printf("%u passed, %u failed; %u of the cases on board left out\n", passed, n - passed,
           left_out);
    return n == 0 || passed < n;
}

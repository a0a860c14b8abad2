/* SPDX-License-Identifier: Apache-2.0 */
/* The verbs of the command airslot. Each lives in cmd_<verb>.c and has a row in main.c; argv[0] is
 * the verb, the return is an exit code of docs/exit-codes.md. */
#ifndef TOOLS_TOOLS_H
#define TOOLS_TOOLS_H

int cmd_board(int argc, char **argv);
int cmd_campaign(int argc, char **argv);
int cmd_cert(int argc, char **argv);
int cmd_serve(int argc, char **argv);
int cmd_key(int argc, char **argv);
int cmd_image(int argc, char **argv);
int cmd_partitions(int argc, char **argv);
int cmd_otadata(int argc, char **argv);
int cmd_flash(int argc, char **argv);
int cmd_read_flash(int argc, char **argv);
int cmd_erase_flash(int argc, char **argv);
int cmd_monitor(int argc, char **argv);
int cmd_flash_map(int argc, char **argv);

#endif

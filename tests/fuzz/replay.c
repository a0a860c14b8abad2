/* SPDX-License-Identifier: Apache-2.0 */
/* Feeds a fuzz entry its corpus without a fuzzer: every file of the folders in REPLAY_FOLDERS, and
 * every prefix of the short ones. Closes with `N passed, 0 failed`; a broken promise aborts. */
#include <dirent.h>
#include <stdio.h>
#include <string.h>

#include "fuzz.h"

#define INPUT_MAX  (1u << 20)
#define PREFIX_MAX 4096u

/* A copy of its own, so that a read beyond the input is a read beyond an allocation. */
static void feed(const uint8_t *data, size_t len)
{
    uint8_t *copy = malloc(len > 0 ? len : 1);

    require(copy != NULL);
    memcpy(copy, data, len);
    LLVMFuzzerTestOneInput(copy, len);
    free(copy);
}

static void replay_file(const char *path)
{
    static uint8_t data[INPUT_MAX];
    FILE *file = fopen(path, "rb");

    require(file != NULL);
    size_t len = fread(data, 1, sizeof(data), file);
    fclose(file);
    printf("%s\n", path);
    fflush(stdout);
    feed(data, len);
    for (size_t n = 0; n < len && len <= PREFIX_MAX; n++) {
        feed(data, n);
    }
}

static unsigned replay_folder(const char *folder)
{
    char path[1024];
    unsigned n = 0;
    DIR *dir = opendir(folder);

    if (dir == NULL) {
        return 0;
    }
    for (struct dirent *e = readdir(dir); e != NULL; e = readdir(dir)) {
        if (e->d_name[0] != '.') {
            snprintf(path, sizeof(path), "%s/%s", folder, e->d_name);
            replay_file(path);
            n++;
        }
    }
    closedir(dir);
    return n;
}

int main(void)
{
    static const char *const folders[] = {REPLAY_FOLDERS};
    unsigned n = 0;

    for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++) {
        n += replay_folder(folders[i]);
    }
    printf("%u passed, %d failed\n", n, n == 0);
    return n == 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Downloads of half a megabyte that the device loses: by the power, by a reset. It goes on with
 * them, and what is fetched twice is counted on the wire. */
#include "check.h"
#include "peer_run.h"

#define IMAGE  "tests/firmware/padded/build/padded.bin"
#define SECTOR 4096u
/* What the server has handed to its TCP when the device goes, and nobody will fetch. */
#define UNDER_WAY 65536u

static struct peer_result whole, r;
static uint32_t image_len;

static void expect_updated(void)
{
    if (!r.has_ended || !r.was_reached || !r.runs_ota_0) {
        size_t len = strlen(r.console);
        fail_msg("no update%s; console:\n%s", r.has_ended ? "" : ", no end of the run",
                 r.console + (len > 800 ? len - 800 : 0));
    }
}

static void update(const struct peer_case *c)
{
    struct peer_case with_image = *c;
    with_image.seed = 1;
    with_image.image = IMAGE;
    peer_run(&with_image, &r, NULL);
    expect_updated();
}

/* The measure for the others. */
static int update_undisturbed(void **state)
{
    (void)state;
    update(&(struct peer_case){.until = "Hello world!"});
    whole = r;
    image_len = (uint32_t)r.net.body_bytes;
    printf("undisturbed: %u bytes of image, %u bytes to the device\n", (unsigned)image_len,
           (unsigned)r.board.net_rx_bytes);
    return image_len > 500000 ? 0 : -1;
}

/* Bytes that a run of the device has got after its i-th loss. */
static uint32_t received_after(unsigned i)
{
    return r.board.net_rx_bytes - r.board_at_loss[i].net_rx_bytes;
}

static uint32_t body_after(unsigned i)
{
    return (uint32_t)(r.net.body_bytes - r.net_at_loss[i].body_bytes);
}

static void a_power_cut_at_half_leaves_half(void **state)
{
    (void)state;
    update(&(struct peer_case){.lost_at = {"(50 %)"}});
    double share = 100.0 * received_after(0) / whole.board.net_rx_bytes;
    printf("after a power cut at 50 %%: %u bytes of image, %u bytes to the device, %.1f %%\n",
           (unsigned)body_after(0), (unsigned)received_after(0), share);
    assert_true(share <= 52.0);
    assert_true(body_after(0) <= image_len / 2 + SECTOR);
}

static void loss_after_loss_comes_to_an_end(void **state)
{
    (void)state;
    update(&(struct peer_case){.lost_at = {"(20 %)", "(50 %)", "(90 %)"}, .by_reset = true});
    assert_true(body_after(0) <= image_len * 8 / 10 + SECTOR + 2 * (SECTOR + UNDER_WAY));
    assert_true(body_after(2) <= image_len / 10 + SECTOR);
    assert_non_null(strstr(r.console, "Hello world!"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_power_cut_at_half_leaves_half),
        cmocka_unit_test(loss_after_loss_comes_to_an_end),
    };
    return cmocka_run_group_tests(tests, update_undisturbed, NULL);
}

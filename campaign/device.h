/* SPDX-License-Identifier: Apache-2.0 */
/* One device under judgement: a board, its console watched for a greeting, and the verdict on what
 * greets from which slot. */
#ifndef CAM_DEVICE_H
#define CAM_DEVICE_H

#include "campaign.h"
#include "reader.h"

/* What may stand in a partition of type app: what was there before the run, and after it. */
struct cam_known {
    bool has_before, has_after;
    struct cam_image before, after;
    bool may_change; /* written by the reference run, or holding a start image on trial */
    bool is_spare;   /* holds nothing that is chosen as long as the records are as before */
};

/* What the reference run has shown, and what flash held before it. */
struct cam_scene {
    const struct cam_config *config;
    struct vb_board *before; /* never run: what all boards are forked from */
    struct cam_table table;
    const struct cam_part *otadata, *start_slot, *goal_slot; /* of table; slots NULL until known */
    struct cam_known known[CAM_MAX_PARTS];                   /* beside table.part */
    bool ends_confirmed; /* what the records say of the goal's slot in the end */
    uint64_t n_ops, reference_us, limit_us;
    uint64_t
        way[CAM_MAX_OPS]; /* cam_device_moment() as each operation of the reference run begins */
};

enum cam_event {
    CAM_UP,   /* an image greets */
    CAM_GOAL, /* the goal is reached */
    CAM_CUT,
    CAM_HELD,  /* stopped at an operation that a hold was planned for, or by a silent fault */
    CAM_QUIET, /* no greeting within the limit, or nothing can happen any more */
    CAM_BAD,   /* see why */
};

#define CAM_UP_MAX       128u
#define CAM_POWER_CYCLES 2u /* of a user who waited in vain for the goal */

struct cam_device {
    const struct cam_scene *scene;
    struct vb_board *board;
    const struct cam_part *slot; /* of the last greeting */
    unsigned trial_starts;       /* greetings of one image on trial, one after the other */
    unsigned leading_starts;     /* those before any other greeting since it was attached */
    bool has_left_trial;
    char why[CAM_WHY_MAX];
    char tail[CAM_UP_MAX]; /* the last bytes of the console, the newest at the end */
    bool said_up, said_goal, said_refused;
    bool has_flip; /* a bit that a fault has turned over, and that is no change by the device */
    uint32_t flip_addr;
    uint8_t flip_bit;
};

/* Watches the board's console from here on, with nothing said yet. */
void cam_device_attach(struct cam_device *d, const struct cam_scene *scene, struct vb_board *board);
/* Makes to a copy of from with a fork of its board. Errors: false when memory is out. */
bool cam_device_fork(struct cam_device *to, const struct cam_device *from);
/* Runs on to the next thing worth judging; a greeting comes back already judged. While the scene
 * has no goal_slot, what says the goal's words from another slot than start_slot (or other words
 * than up) is the goal. */
enum cam_event cam_device_run(struct cam_device *d);
/* The same, but no further than virtual time until_us, which comes back as CAM_QUIET. */
enum cam_event cam_device_run_until(struct cam_device *d, uint64_t until_us);
/* Runs on until operation op has begun (0: not at all), or until a moment; greetings are passed
 * over, on the way to an operation those before the goal. A quiet device is powered on again,
 * twice. Errors: false: it never comes, or see why. */
bool cam_device_walk_to_op(struct cam_device *d, uint64_t op);
bool cam_device_walk_to_us(struct cam_device *d, uint64_t us);
uint64_t cam_device_now_us(const struct cam_device *d);
/* Number of the operation begun last. */
uint64_t cam_device_ops(const struct cam_device *d);

/* True when nothing but the spare slots and the boot records differs from before; otherwise why
 * names the first difference. */
bool cam_device_is_untouched(struct cam_device *d);
/* True when the records name the goal's slot, read by the SDK's rule; confirmed if that is how the
 * reference run ended. */
bool cam_device_chose_goal(struct cam_device *d);
/* Hash of the flash; with config.no_resume spare slots count only once the boot records differ from
 * before. */
uint64_t cam_device_state(const struct cam_device *d);
/* Hash of all that decides how the device goes on: flash, RAM, RTC memory, registers; not the time.
 */
uint64_t cam_device_moment(const struct cam_device *d);
/* Reads the image in a slot. NULL, or why there is none. */
const char *cam_device_image(const struct vb_board *board, const struct cam_part *slot,
                             struct cam_image *out);
void cam_device_blame(struct cam_device *d, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif

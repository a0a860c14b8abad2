/* SPDX-License-Identifier: Apache-2.0 */
/* One device under judgement: a board, its console watched for a greeting, and the verdict on what
 * greets from which slot. */
#ifndef CAM_DEVICE_H
#define CAM_DEVICE_H

#include "campaign.h"
#include "reader.h"

/* What the reference run has shown, and what flash held before it. */
struct cam_scene {
    const struct cam_config *config;
    struct cam_table table;
    const struct cam_part *otadata, *old_slot, *new_slot; /* of table; new_slot NULL until known */
    struct cam_image old_image, new_image;
    uint64_t limit_us;
};

enum cam_event {
    CAM_GREETED_OLD,
    CAM_GREETED_NEW,
    CAM_CUT,
    CAM_HELD,  /* stopped at the operation that a hold was planned for */
    CAM_QUIET, /* no greeting within the limit, or nothing can happen any more */
    CAM_BAD,   /* see why */
};

#define CAM_UP_MAX 128u

struct cam_device {
    const struct cam_scene *scene;
    struct vb_board *board;
    char why[CAM_WHY_MAX];
    char tail[CAM_UP_MAX]; /* the last bytes of the console, the newest at the end */
    bool said_up, said_new;
};

/* Watches the board's console from here on, with nothing said yet. */
void cam_device_attach(struct cam_device *d, const struct cam_scene *scene, struct vb_board *board);
/* Runs on to the next thing worth judging; a greeting comes back already judged. The first one of
 * a scene without new_slot that comes from another slot than the old is CAM_GREETED_NEW. */
enum cam_event cam_device_run(struct cam_device *d);
/* True when nothing but the target slot and the boot records differs from before the update;
 * otherwise why names the first difference. */
bool cam_device_is_untouched(struct cam_device *d);
/* True when the records name the new slot, read by the SDK's rule. */
bool cam_device_chose_new(struct cam_device *d);
/* Hash of the flash; the target slot counts only once the boot records differ from before. */
uint64_t cam_device_state(const struct cam_device *d);
void cam_device_blame(struct cam_device *d, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif

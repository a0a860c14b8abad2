/* SPDX-License-Identifier: Apache-2.0 */
/* The sets whose faults are drawn, each task from its own seed. What they draw is named so that a
 * case can be replayed without them. */
#ifndef CAM_DRAWN_H
#define CAM_DRAWN_H

#include "sets.h"

/* One first fault, then a group of second ones along the recovery. */
void cam_try_double(struct cam_campaign *c, const struct cam_task *task,
                    const struct cam_device *walker);
/* A cut at any time; one task in two goes on to a group of second cuts. */
void cam_try_cut(struct cam_campaign *c, const struct cam_task *task,
                 const struct cam_device *walker);
/* A bit turns over while the power is off after some operation, or, one in four, after the goal was
 * reached. */
void cam_try_flip(struct cam_campaign *c, const struct cam_task *task,
                  const struct cam_device *walker);
/* A supply that comes and goes. */
void cam_try_brownout(struct cam_campaign *c, const struct cam_task *task,
                      const struct cam_device *walker);

#endif

/* SPDX-License-Identifier: MIT */
#ifndef _TESTS_HOST_PAGE_ALLOC_PREDICT_H
#define _TESTS_HOST_PAGE_ALLOC_PREDICT_H

#include "machine.h"

/*
 * The zone that serves the request now, or -1 if none does before something is given back:
 * the per-CPU lists, HIGHATOMIC pageblocks.
 */
int predict_zone(gfp_t gfp, unsigned int order);

/* May the request be served from this zone at all (Z4)? */
bool predict_allows(const struct zone *zone, gfp_t gfp);
bool predict_ignores_marks(gfp_t gfp);

/* So many pages stay free in the zone that served it (W9). */
long predict_least_left(const struct zone *zone, gfp_t gfp, unsigned int order);

#endif

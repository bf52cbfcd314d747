/* SPDX-License-Identifier: MIT */
/*
 * errseq_t: the last error of something, for many who want to be told of it once each.
 *
 *	errseq_t since = errseq_sample(&seq);		when it is opened
 *	...						errseq_set(&seq, -EIO), by who met it
 *	error = errseq_check_and_advance(&seq, &since);	-EIO, and 0 the next time
 *
 * An error that nobody has seen yet when the sample is taken is still told.
 * Any context, without locks; who advances a `since` of several tasks locks it.
 */
#ifndef _LINUX_ERRSEQ_H
#define _LINUX_ERRSEQ_H

#include <linux/types.h>

typedef u32 errseq_t;

errseq_t errseq_set(errseq_t *seq, int error);
errseq_t errseq_sample(errseq_t *seq);
int errseq_check(errseq_t *seq, errseq_t since);
int errseq_check_and_advance(errseq_t *seq, errseq_t *since);

#endif

// SPDX-License-Identifier: MIT
/*
 * errseq_t (linux/errseq.h): an error, whether somebody has been told, and how many before it.
 *
 *	31            13     12     11       0
 *	[ how many errors ][ seen ][ the error ]
 *
 * The count moves on only if somebody has seen the last value: two errors that nobody asked for
 * in between are one to everybody. Who has taken a sample compares: a different value is an error
 * that he has not been told of. The count wraps after 2^19 errors that were all seen.
 */
#include <linux/atomic.h>
#include <linux/bits.h>
#include <linux/errseq.h>

#define ERROR GENMASK(11, 0)
#define SEEN  BIT(12)
#define ONE   BIT(13)

errseq_t errseq_set(errseq_t *seq, int error)
{
	errseq_t old = READ_ONCE(*seq), new, found;

	for (;; old = found) {
		new = (old & ~(ERROR | SEEN)) | (errseq_t)-error;
		if (old & SEEN)
			new += ONE;
		if (new == old)
			return new;
		found = cmpxchg(seq, old, new);
		if (found == old)
			return new;
	}
}

errseq_t errseq_sample(errseq_t *seq)
{
	errseq_t value = READ_ONCE(*seq);

	return value & SEEN ? value : 0;
}

int errseq_check(errseq_t *seq, errseq_t since)
{
	errseq_t value = READ_ONCE(*seq);

	return value == since ? 0 : -(int)(value & ERROR);
}

int errseq_check_and_advance(errseq_t *seq, errseq_t *since)
{
	errseq_t value = READ_ONCE(*seq);

	if (value == *since)
		return 0;
	/* If it has changed meanwhile, that is another error, for the next time. */
	cmpxchg(seq, value, value | SEEN);
	*since = value | SEEN;
	return -(int)(value & ERROR);
}

/* SPDX-License-Identifier: MIT */
/* For code under test: does a case run? */
#ifndef _KUNIT_TEST_BUG_H
#define _KUNIT_TEST_BUG_H

struct kunit;

/* The case that runs, or NULL. Any context. */
struct kunit *kunit_get_current_test(void);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * Expectations and assertions. Each takes the test, evaluates its operands once, and
 * has an _MSG form with a printf format and arguments behind. What is printed:
 *
 *	    # adds_up: EXPECTATION FAILED at tests/lib/sums_test.c:7
 *	    Expected 5 == 2 + 2, but
 *	        2 + 2 == 4 (0x4)
 */
#ifndef _KUNIT_ASSERT_H
#define _KUNIT_ASSERT_H

#include <linux/compiler.h>
#include <linux/types.h>

struct kunit;

/* What of a check is known while compiling. There are thousands of them: keep it small. */
struct kunit_check {
	const char *file;
	const char *left;
	const char *right; /* behind its operator: "== 2 + 2" */
	u16 line;
	bool fatal;	/* an assertion */
	u8 is_unsigned; /* the types of left (1) and right (2) */
};

/* The failures: print, and mark the case. */
void __kunit_fail(struct kunit *test, const struct kunit_check *check) __cold;
void __kunit_fail_bool(struct kunit *test, const struct kunit_check *check) __cold;
void __kunit_fail_int(struct kunit *test, const struct kunit_check *check, long left,
		      long right) __cold;
void __kunit_fail_int64(struct kunit *test, const struct kunit_check *check, long long left,
			long long right) __cold;
void __kunit_fail_ptr(struct kunit *test, const struct kunit_check *check, const void *left,
		      const void *right) __cold;
void __kunit_fail_err(struct kunit *test, const struct kunit_check *check, const void *ptr) __cold;
void __kunit_fail_str(struct kunit *test, const struct kunit_check *check, const char *left,
		      const char *right) __cold;
void __kunit_fail_mem(struct kunit *test, const struct kunit_check *check, const void *left,
		      const void *right, size_t size) __cold;

/* What the test has to say of the failure. */
void __kunit_message(const char *fmt, ...) __printf(1, 2) __cold;

void __noreturn __kunit_abort(struct kunit *test);

bool __kunit_str_equal(const char *left, const char *right);
bool __kunit_mem_equal(const void *left, const void *right, size_t size);

#define __KUNIT_CHECK(fatal_, left_, right_, unsigned_) \
	static const struct kunit_check __check = {     \
		.file = __FILE__,                       \
		.left = (left_),                        \
		.right = (right_),                      \
		.line = __LINE__,                       \
		.fatal = (fatal_),                      \
		.is_unsigned = (unsigned_),             \
	}

/* The last steps of each failure. `message` is a call of __kunit_message(), or nothing. */
#define __KUNIT_END(test, fatal, message)    \
	do {                                 \
		message;                     \
		if (fatal)                   \
			__kunit_abort(test); \
	} while (0)

#define __KUNIT_BOOL(test, fatal, condition, text, wanted, message) \
	do {                                                        \
		__KUNIT_CHECK(fatal, text, #wanted, 0);             \
		const bool __condition = !!(condition);             \
		if (unlikely(__condition != (wanted))) {            \
			__kunit_fail_bool(test, &__check);          \
			__KUNIT_END(test, fatal, message);          \
		}                                                   \
	} while (0)

/* The operands may differ in signedness: compared as C compares them, without a word. */
// clang-format off
#define __KUNIT_INT(test, fatal, left, left_text, op, right, right_text, message)		\
	do {											\
		__KUNIT_CHECK(fatal, left_text, #op " " right_text,				\
			      is_unsigned_type(typeof(left)) | is_unsigned_type(typeof(right)) << 1); \
		const typeof(left) __left = (left);						\
		const typeof(right) __right = (right);						\
		_Pragma("GCC diagnostic push")							\
		_Pragma("GCC diagnostic ignored \"-Wsign-compare\"")				\
		if (unlikely(!(__left op __right))) {						\
			if (sizeof(__left) > sizeof(long) || sizeof(__right) > sizeof(long))	\
				__kunit_fail_int64(test, &__check, (long long)__left, (long long)__right); \
			else									\
				__kunit_fail_int(test, &__check, (long)__left, (long)__right);	\
			__KUNIT_END(test, fatal, message);					\
		}										\
		_Pragma("GCC diagnostic pop")							\
	} while (0)
// clang-format on

#define __KUNIT_PTR(test, fatal, left, left_text, op, right, right_text, message) \
	do {                                                                      \
		__KUNIT_CHECK(fatal, left_text, #op " " right_text, 0);           \
		const void *__left = (const void *)(left);                        \
		const void *__right = (const void *)(right);                      \
		if (unlikely(!(__left op __right))) {                             \
			__kunit_fail_ptr(test, &__check, __left, __right);        \
			__KUNIT_END(test, fatal, message);                        \
		}                                                                 \
	} while (0)

#define __KUNIT_NOT_ERR(test, fatal, ptr, text, message)         \
	do {                                                     \
		__KUNIT_CHECK(fatal, text, NULL, 0);             \
		const void *__ptr = (const void *)(ptr);         \
		if (unlikely(IS_ERR_OR_NULL(__ptr))) {           \
			__kunit_fail_err(test, &__check, __ptr); \
			__KUNIT_END(test, fatal, message);       \
		}                                                \
	} while (0)

#define __KUNIT_STR(test, fatal, left, left_text, op, right, right_text, message) \
	do {                                                                      \
		__KUNIT_CHECK(fatal, left_text, #op " " right_text, 0);           \
		const char *__left = (left);                                      \
		const char *__right = (right);                                    \
		if (unlikely(!(__kunit_str_equal(__left, __right) op true))) {    \
			__kunit_fail_str(test, &__check, __left, __right);        \
			__KUNIT_END(test, fatal, message);                        \
		}                                                                 \
	} while (0)

#define __KUNIT_MEM(test, fatal, left, left_text, op, right, right_text, size, message) \
	do {                                                                            \
		__KUNIT_CHECK(fatal, left_text, #op " " right_text, 0);                 \
		const void *__left = (left);                                            \
		const void *__right = (right);                                          \
		const size_t __size = (size);                                           \
		if (unlikely(!(__kunit_mem_equal(__left, __right, __size) op true))) {  \
			__kunit_fail_mem(test, &__check, __left, __right, __size);      \
			__KUNIT_END(test, fatal, message);                              \
		}                                                                       \
	} while (0)

/* Nothing is wrong here. */
#define KUNIT_SUCCEED(test)   \
	do {                  \
		(void)(test); \
	} while (0)

/* Something is: the message says what. */
#define __KUNIT_FAIL(test, fatal, ...)                                  \
	do {                                                            \
		__KUNIT_CHECK(fatal, NULL, NULL, 0);                    \
		__kunit_fail(test, &__check);                           \
		__KUNIT_END(test, fatal, __kunit_message(__VA_ARGS__)); \
	} while (0)
#define KUNIT_FAIL(test, ...)		__KUNIT_FAIL(test, false, __VA_ARGS__)
#define KUNIT_FAIL_AND_ABORT(test, ...) __KUNIT_FAIL(test, true, __VA_ARGS__)

// clang-format off
#define KUNIT_EXPECT_TRUE(t, a) __KUNIT_BOOL(t, false, a, #a, true, )
#define KUNIT_EXPECT_TRUE_MSG(t, a, ...) __KUNIT_BOOL(t, false, a, #a, true, __kunit_message(__VA_ARGS__))
#define KUNIT_EXPECT_FALSE(t, a) __KUNIT_BOOL(t, false, a, #a, false, )
#define KUNIT_EXPECT_FALSE_MSG(t, a, ...) __KUNIT_BOOL(t, false, a, #a, false, __kunit_message(__VA_ARGS__))
#define KUNIT_EXPECT_EQ(t, a, b) __KUNIT_INT(t, false, a, #a, ==, b, #b, )
#define KUNIT_EXPECT_EQ_MSG(t, a, b, ...) __KUNIT_INT(t, false, a, #a, ==, b, #b, __kunit_message(__VA_ARGS__))
#define KUNIT_EXPECT_NE(t, a, b) __KUNIT_INT(t, false, a, #a, !=, b, #b, )
#define KUNIT_EXPECT_NE_MSG(t, a, b, ...) __KUNIT_INT(t, false, a, #a, !=, b, #b, __kunit_message(__VA_ARGS__))
#define KUNIT_EXPECT_LT(t, a, b) __KUNIT_INT(t, false, a, #a, <, b, #b, )
#define KUNIT_EXPECT_LT_MSG(t, a, b, ...) __KUNIT_INT(t, false, a, #a, <, b, #b, __kunit_message(__VA_ARGS__))
#define KUNIT_EXPECT_LE(t, a, b) __KUNIT_INT(t, false, a, #a, <=, b, #b, )
#define KUNIT_EXPECT_LE_MSG(t, a, b, ...) __KUNIT_INT(t, false, a, #a, <=, b, #b, __kunit_message(__VA_ARGS__))
#define KUNIT_EXPECT_GT(t, a, b) __KUNIT_INT(t, false, a, #a, >, b, #b, )
#define KUNIT_EXPECT_GT_MSG(t, a, b, ...) __KUNIT_INT(t, false, a, #a, >, b, #b, __kunit_message(__VA_ARGS__))
#define KUNIT_EXPECT_GE(t, a, b) __KUNIT_INT(t, false, a, #a, >=, b, #b, )
#define KUNIT_EXPECT_GE_MSG(t, a, b, ...) __KUNIT_INT(t, false, a, #a, >=, b, #b, __kunit_message(__VA_ARGS__))
#define KUNIT_EXPECT_PTR_EQ(t, a, b) __KUNIT_PTR(t, false, a, #a, ==, b, #b, )
#define KUNIT_EXPECT_PTR_EQ_MSG(t, a, b, ...) __KUNIT_PTR(t, false, a, #a, ==, b, #b, __kunit_message(__VA_ARGS__))
#define KUNIT_EXPECT_PTR_NE(t, a, b) __KUNIT_PTR(t, false, a, #a, !=, b, #b, )
#define KUNIT_EXPECT_PTR_NE_MSG(t, a, b, ...) __KUNIT_PTR(t, false, a, #a, !=, b, #b, __kunit_message(__VA_ARGS__))
#define KUNIT_EXPECT_NULL(t, a) __KUNIT_PTR(t, false, a, #a, ==, NULL, "NULL", )
#define KUNIT_EXPECT_NULL_MSG(t, a, ...) __KUNIT_PTR(t, false, a, #a, ==, NULL, "NULL", __kunit_message(__VA_ARGS__))
#define KUNIT_EXPECT_NOT_NULL(t, a) __KUNIT_PTR(t, false, a, #a, !=, NULL, "NULL", )
#define KUNIT_EXPECT_NOT_NULL_MSG(t, a, ...) \
	__KUNIT_PTR(t, false, a, #a, !=, NULL, "NULL", __kunit_message(__VA_ARGS__))
#define KUNIT_EXPECT_NOT_ERR_OR_NULL(t, a) __KUNIT_NOT_ERR(t, false, a, #a, )
#define KUNIT_EXPECT_NOT_ERR_OR_NULL_MSG(t, a, ...) __KUNIT_NOT_ERR(t, false, a, #a, __kunit_message(__VA_ARGS__))
#define KUNIT_EXPECT_STREQ(t, a, b) __KUNIT_STR(t, false, a, #a, ==, b, #b, )
#define KUNIT_EXPECT_STREQ_MSG(t, a, b, ...) __KUNIT_STR(t, false, a, #a, ==, b, #b, __kunit_message(__VA_ARGS__))
#define KUNIT_EXPECT_STRNEQ(t, a, b) __KUNIT_STR(t, false, a, #a, !=, b, #b, )
#define KUNIT_EXPECT_STRNEQ_MSG(t, a, b, ...) __KUNIT_STR(t, false, a, #a, !=, b, #b, __kunit_message(__VA_ARGS__))
#define KUNIT_EXPECT_MEMEQ(t, a, b, n) __KUNIT_MEM(t, false, a, #a, ==, b, #b, n, )
#define KUNIT_EXPECT_MEMEQ_MSG(t, a, b, n, ...) \
	__KUNIT_MEM(t, false, a, #a, ==, b, #b, n, __kunit_message(__VA_ARGS__))
#define KUNIT_EXPECT_MEMNEQ(t, a, b, n) __KUNIT_MEM(t, false, a, #a, !=, b, #b, n, )
#define KUNIT_EXPECT_MEMNEQ_MSG(t, a, b, n, ...) \
	__KUNIT_MEM(t, false, a, #a, !=, b, #b, n, __kunit_message(__VA_ARGS__))

#define KUNIT_ASSERT_TRUE(t, a) __KUNIT_BOOL(t, true, a, #a, true, )
#define KUNIT_ASSERT_TRUE_MSG(t, a, ...) __KUNIT_BOOL(t, true, a, #a, true, __kunit_message(__VA_ARGS__))
#define KUNIT_ASSERT_FALSE(t, a) __KUNIT_BOOL(t, true, a, #a, false, )
#define KUNIT_ASSERT_FALSE_MSG(t, a, ...) __KUNIT_BOOL(t, true, a, #a, false, __kunit_message(__VA_ARGS__))
#define KUNIT_ASSERT_EQ(t, a, b) __KUNIT_INT(t, true, a, #a, ==, b, #b, )
#define KUNIT_ASSERT_EQ_MSG(t, a, b, ...) __KUNIT_INT(t, true, a, #a, ==, b, #b, __kunit_message(__VA_ARGS__))
#define KUNIT_ASSERT_NE(t, a, b) __KUNIT_INT(t, true, a, #a, !=, b, #b, )
#define KUNIT_ASSERT_NE_MSG(t, a, b, ...) __KUNIT_INT(t, true, a, #a, !=, b, #b, __kunit_message(__VA_ARGS__))
#define KUNIT_ASSERT_LT(t, a, b) __KUNIT_INT(t, true, a, #a, <, b, #b, )
#define KUNIT_ASSERT_LT_MSG(t, a, b, ...) __KUNIT_INT(t, true, a, #a, <, b, #b, __kunit_message(__VA_ARGS__))
#define KUNIT_ASSERT_LE(t, a, b) __KUNIT_INT(t, true, a, #a, <=, b, #b, )
#define KUNIT_ASSERT_LE_MSG(t, a, b, ...) __KUNIT_INT(t, true, a, #a, <=, b, #b, __kunit_message(__VA_ARGS__))
#define KUNIT_ASSERT_GT(t, a, b) __KUNIT_INT(t, true, a, #a, >, b, #b, )
#define KUNIT_ASSERT_GT_MSG(t, a, b, ...) __KUNIT_INT(t, true, a, #a, >, b, #b, __kunit_message(__VA_ARGS__))
#define KUNIT_ASSERT_GE(t, a, b) __KUNIT_INT(t, true, a, #a, >=, b, #b, )
#define KUNIT_ASSERT_GE_MSG(t, a, b, ...) __KUNIT_INT(t, true, a, #a, >=, b, #b, __kunit_message(__VA_ARGS__))
#define KUNIT_ASSERT_PTR_EQ(t, a, b) __KUNIT_PTR(t, true, a, #a, ==, b, #b, )
#define KUNIT_ASSERT_PTR_EQ_MSG(t, a, b, ...) __KUNIT_PTR(t, true, a, #a, ==, b, #b, __kunit_message(__VA_ARGS__))
#define KUNIT_ASSERT_PTR_NE(t, a, b) __KUNIT_PTR(t, true, a, #a, !=, b, #b, )
#define KUNIT_ASSERT_PTR_NE_MSG(t, a, b, ...) __KUNIT_PTR(t, true, a, #a, !=, b, #b, __kunit_message(__VA_ARGS__))
#define KUNIT_ASSERT_NULL(t, a) __KUNIT_PTR(t, true, a, #a, ==, NULL, "NULL", )
#define KUNIT_ASSERT_NULL_MSG(t, a, ...) __KUNIT_PTR(t, true, a, #a, ==, NULL, "NULL", __kunit_message(__VA_ARGS__))
#define KUNIT_ASSERT_NOT_NULL(t, a) __KUNIT_PTR(t, true, a, #a, !=, NULL, "NULL", )
#define KUNIT_ASSERT_NOT_NULL_MSG(t, a, ...) \
	__KUNIT_PTR(t, true, a, #a, !=, NULL, "NULL", __kunit_message(__VA_ARGS__))
#define KUNIT_ASSERT_NOT_ERR_OR_NULL(t, a) __KUNIT_NOT_ERR(t, true, a, #a, )
#define KUNIT_ASSERT_NOT_ERR_OR_NULL_MSG(t, a, ...) __KUNIT_NOT_ERR(t, true, a, #a, __kunit_message(__VA_ARGS__))
#define KUNIT_ASSERT_STREQ(t, a, b) __KUNIT_STR(t, true, a, #a, ==, b, #b, )
#define KUNIT_ASSERT_STREQ_MSG(t, a, b, ...) __KUNIT_STR(t, true, a, #a, ==, b, #b, __kunit_message(__VA_ARGS__))
#define KUNIT_ASSERT_STRNEQ(t, a, b) __KUNIT_STR(t, true, a, #a, !=, b, #b, )
#define KUNIT_ASSERT_STRNEQ_MSG(t, a, b, ...) __KUNIT_STR(t, true, a, #a, !=, b, #b, __kunit_message(__VA_ARGS__))
#define KUNIT_ASSERT_MEMEQ(t, a, b, n) __KUNIT_MEM(t, true, a, #a, ==, b, #b, n, )
#define KUNIT_ASSERT_MEMEQ_MSG(t, a, b, n, ...) \
	__KUNIT_MEM(t, true, a, #a, ==, b, #b, n, __kunit_message(__VA_ARGS__))
#define KUNIT_ASSERT_MEMNEQ(t, a, b, n) __KUNIT_MEM(t, true, a, #a, !=, b, #b, n, )
#define KUNIT_ASSERT_MEMNEQ_MSG(t, a, b, n, ...) \
	__KUNIT_MEM(t, true, a, #a, !=, b, #b, n, __kunit_message(__VA_ARGS__))
// clang-format on

#endif

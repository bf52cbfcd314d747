/* SPDX-License-Identifier: MIT */
#ifndef _LINUX_STRING_H
#define _LINUX_STRING_H

#include <linux/errno.h>
#include <linux/types.h>

/*
 * Memory and strings. What the C library has behaves as it does there; the rest is
 * said here. Any context; nothing here allocates.
 */

void *memcpy(void *dest, const void *src, size_t n);
void *memmove(void *dest, const void *src, size_t n);
void *memset(void *s, int c, size_t n);
int memcmp(const void *a, const void *b, size_t n);
int bcmp(const void *a, const void *b, size_t n);

/* The compiler does small constant sizes in place and calls the function for the rest. */
#define memcpy(dest, src, n)  __builtin_memcpy(dest, src, n)
#define memmove(dest, src, n) __builtin_memmove(dest, src, n)
#define memset(s, c, n)	      __builtin_memset(s, c, n)

void *memset16(u16 *s, u16 value, size_t count);
void *memset32(u32 *s, u32 value, size_t count);
void *memset64(u64 *s, u64 value, size_t count);

static inline void *memset_l(unsigned long *p, unsigned long value, size_t count)
{
	return sizeof(long) == 4 ? memset32((u32 *)p, value, count)
				 : memset64((u64 *)p, value, count);
}

/* Zeroes also where the compiler can see that nobody reads the memory again. */
void memzero_explicit(void *s, size_t n);

void *memchr(const void *s, int c, size_t n);
/* The first byte that is not c; NULL if all are. */
void *memchr_inv(const void *s, int c, size_t n);
/* Like memchr, but the end of the memory instead of NULL. */
void *memscan(void *s, int c, size_t n);

size_t strlen(const char *s);
size_t strnlen(const char *s, size_t max);
char *strcpy(char *dest, const char *src);
char *strncpy(char *dest, const char *src, size_t n);
char *strcat(char *dest, const char *src);
char *strncat(char *dest, const char *src, size_t n);

/*
 * Copies what fits into size bytes and always ends it with a NUL (size 0 writes
 * nothing). strscpy: the length copied, or -E2BIG if it was cut. _pad also zeroes the
 * rest. strlcpy and strlcat: the length they would have needed.
 */
ssize_t strscpy(char *dest, const char *src, size_t size);
ssize_t strscpy_pad(char *dest, const char *src, size_t size);
size_t strlcpy(char *dest, const char *src, size_t size);
size_t strlcat(char *dest, const char *src, size_t size);

int strcmp(const char *a, const char *b);
int strncmp(const char *a, const char *b, size_t n);
int strcasecmp(const char *a, const char *b);
int strncasecmp(const char *a, const char *b, size_t n);
/* Equal, a newline at the end of either aside. */
bool sysfs_streq(const char *a, const char *b);
/* The index of string in array, which ends after n or at a NULL; or -EINVAL. */
int match_string(const char *const *array, size_t n, const char *string);

char *strchr(const char *s, int c);
/* Like strchr, but the end of the string instead of NULL. */
char *strchrnul(const char *s, int c);
/* Looks at most at n characters. */
char *strnchr(const char *s, size_t n, int c);
char *strrchr(const char *s, int c);
char *strstr(const char *s, const char *what);
char *strnstr(const char *s, const char *what, size_t n);
size_t strspn(const char *s, const char *accept);
size_t strcspn(const char *s, const char *reject);
char *strpbrk(const char *s, const char *accept);
/* Cuts *s at the next of the delimiters, returns what was before, moves *s behind it. */
char *strsep(char **s, const char *delimiters);

char *skip_spaces(const char *s);
/* Cuts white space off the end; the first character that is none. */
char *strim(char *s);
#define strstrip(s) strim(s)
/* Replaces every old by new; the end of the string. */
char *strreplace(char *s, char old, char new);

static inline bool strstarts(const char *s, const char *prefix)
{
	return strncmp(s, prefix, strlen(prefix)) == 0;
}

/* The length of the prefix if s starts with it, else 0. */
static inline size_t str_has_prefix(const char *s, const char *prefix)
{
	size_t len = strlen(prefix);

	return strncmp(s, prefix, len) == 0 ? len : 0;
}

/* The part of a path after its last slash. */
static inline const char *kbasename(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/* Copies in memory of their own (mm/util.c): NULL when that is short; kfree() them. */
void *kmemdup(const void *source, size_t length, gfp_t gfp);
char *kmemdup_nul(const char *source, size_t length, gfp_t gfp);
char *kstrdup(const char *source, gfp_t gfp);
char *kstrndup(const char *source, size_t most, gfp_t gfp);
/* A constant of the image is itself, and stays: for kfree_const() only. */
const char *kstrdup_const(const char *source, gfp_t gfp);
void kfree_const(const void *p);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * The host around the sources under test.
 *
 * The tests are compiled with the kernel's headers and without libc's, which would
 * contradict them; host.c is compiled the other way round. This is what they share.
 * host.c also plays printk() and panic().
 */
#ifndef _TESTS_HOST_E820_HOST_H
#define _TESTS_HOST_E820_HOST_H

/* One test's verdict, as a TAP line. */
void host_result(int passed, const char *format, ...) __attribute__((__format__(printf, 2, 3)));

/* A line of explanation, before the verdict. */
void host_note(const char *format, ...) __attribute__((__format__(printf, 1, 2)));

/* snprintf() */
void host_format(char *text, unsigned long size, const char *format, ...)
	__attribute__((__format__(printf, 3, 4)));

/* What printk() printed since host_clear_log(), levels removed. */
const char *host_log(void);
void host_clear_log(void);

/* Calls function(); 1 if it panicked, and the reason is then in the log. */
int host_panics(void (*function)(void));

/* A block of exactly that size, so that a sanitizer sees the first byte beyond. */
void *host_alloc(unsigned long size);
void host_free(void *block);

/* Zeroed memory at that address. */
void host_map(unsigned long address, unsigned long size);

/*
 * Calls function() with the contents of each file of the directory, in alphabetical order.
 * Returns the number of files, 0 if there is no such directory.
 */
int host_for_each_file(const char *directory,
		       void (*function)(const char *name, const unsigned char *data,
					unsigned long size));

/* The same with one file, by its path. Returns 0 if it cannot be read. */
int host_with_file(const char *path, void (*function)(const char *name, const unsigned char *data,
						      unsigned long size));

#endif

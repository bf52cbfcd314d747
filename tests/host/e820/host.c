// SPDX-License-Identifier: MIT
/*
 * host.h by means of libc; printk() and panic() for the sources under test.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "host.h"

#define LEVEL_MARK '\001' /* KERN_SOH: one character after it is the level */

int printk(const char *format, ...);
void panic(const char *format, ...);

static char log_text[1 << 16];
static size_t log_length;

static jmp_buf panic_target;
static int panic_expected;

static int log_append(const char *format, va_list args)
{
	size_t room = sizeof(log_text) - log_length;
	int length;

	if (format[0] == LEVEL_MARK)
		format += 2;
	length = vsnprintf(log_text + log_length, room, format, args);
	log_length += (size_t)length < room ? (size_t)length : room - 1;
	return length;
}

int printk(const char *format, ...)
{
	va_list args;
	int length;

	va_start(args, format);
	length = log_append(format, args);
	va_end(args);
	return length;
}

void panic(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	log_append(format, args);
	va_end(args);
	if (panic_expected)
		longjmp(panic_target, 1);
	fprintf(stderr, "unexpected panic: %s\n", log_text);
	abort();
}

int host_panics(void (*function)(void))
{
	int panicked;

	panic_expected = 1;
	panicked = setjmp(panic_target);
	if (!panicked)
		function();
	panic_expected = 0;
	return panicked;
}

const char *host_log(void)
{
	return log_text;
}

void host_clear_log(void)
{
	log_length = 0;
	log_text[0] = '\0';
}

void host_result(int passed, const char *format, ...)
{
	static int number;
	va_list args;

	printf("%s %d - ", passed ? "ok" : "not ok", ++number);
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	putchar('\n');
	fflush(stdout);
}

void host_note(const char *format, ...)
{
	va_list args;

	fputs("# ", stdout);
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	putchar('\n');
}

void host_format(char *text, unsigned long size, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(text, size, format, args);
	va_end(args);
}

void *host_alloc(unsigned long size)
{
	void *block = malloc(size);

	if (!block && size)
		abort();
	return block;
}

void host_free(void *block)
{
	free(block);
}

void host_map(unsigned long address, unsigned long size)
{
	void *wanted = (void *)address;

	if (mmap(wanted, size, PROT_READ | PROT_WRITE,
		 MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0) != wanted)
		abort();
}

static int is_visible(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

static void with_file(const char *path, const char *name,
		      void (*function)(const char *, const unsigned char *, unsigned long))
{
	FILE *file = fopen(path, "rb");
	unsigned char *data;
	long size;

	if (!file || fseek(file, 0, SEEK_END) || (size = ftell(file)) < 0)
		abort();
	rewind(file);
	data = host_alloc(size);
	if (fread(data, 1, size, file) != (size_t)size)
		abort();
	fclose(file);
	function(name, data, size);
	free(data);
}

int host_with_file(const char *path,
		   void (*function)(const char *, const unsigned char *, unsigned long))
{
	if (access(path, R_OK))
		return 0;
	with_file(path, path, function);
	return 1;
}

int host_for_each_file(const char *directory,
		       void (*function)(const char *, const unsigned char *, unsigned long))
{
	struct dirent **list;
	int i, count = scandir(directory, &list, is_visible, alphasort);
	char path[4096];

	for (i = 0; i < count; i++) {
		snprintf(path, sizeof(path), "%s/%s", directory, list[i]->d_name);
		with_file(path, list[i]->d_name, function);
		free(list[i]);
	}
	if (count < 0)
		return 0;
	free(list);
	return count;
}

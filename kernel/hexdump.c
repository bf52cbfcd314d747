// SPDX-License-Identifier: MIT
/*
 * Memory as hexadecimal text:
 *
 *	00000010: 6b 6b 6b 6b 6b 6b 6b 6b 6b 6b 6b 6b 6b 6b 6b a5  kkkkkkkkkkkkkkk.
 *	^ prefix  ^ groups of groupsize bytes                      ^ ascii, aligned
 *
 * A group of several bytes is one little-endian number, as the CPU would load it.
 * Memory is read bytewise and in order, once. Any context.
 */
#include <linux/ctype.h>
#include <linux/kernel.h>
#include <linux/minmax.h>
#include <linux/printk.h>
#include <linux/string.h>

#define ROW_MAX 32

/* What a row of text has room for: 32 bytes, each with a blank, two blanks, 32 characters, NUL. */
#define ROW_TEXT (ROW_MAX * 3 + 2 + ROW_MAX + 1)

/* Writes into a buffer that may be too small, and counts what it would have taken. */
struct text {
	char *buf;
	size_t size;
	int length;
};

static void put(struct text *text, char c)
{
	if ((size_t)text->length + 1 < text->size)
		text->buf[text->length] = c;
	text->length++;
}

static void put_group(struct text *text, const u8 *bytes, int size)
{
	static const char digits[] = "0123456789abcdef";

	while (size--) {
		put(text, digits[bytes[size] >> 4]);
		put(text, digits[bytes[size] & 15]);
	}
}

int hex_dump_to_buffer(const void *buf, size_t len, int rowsize, int groupsize, char *line,
		       size_t size, bool ascii)
{
	struct text text = { line, size, 0 };
	const u8 *bytes = buf;
	int ascii_column, i;

	if (rowsize != 16 && rowsize != ROW_MAX)
		rowsize = 16;
	len = min_t(size_t, len, rowsize);
	if (groupsize <= 0 || groupsize > 8 || (groupsize & (groupsize - 1)) || len % groupsize)
		groupsize = 1;
	ascii_column = rowsize * 2 + rowsize / groupsize + 1;

	for (i = 0; i < (int)len; i += groupsize) {
		if (i)
			put(&text, ' ');
		put_group(&text, bytes + i, groupsize);
	}
	if (ascii && len) {
		while (text.length < ascii_column)
			put(&text, ' ');
		for (i = 0; i < (int)len; i++)
			put(&text, isascii(bytes[i]) && isprint(bytes[i]) ? bytes[i] : '.');
	}
	if (size)
		line[min_t(size_t, text.length, size - 1)] = '\0';
	return text.length;
}

void print_hex_dump(const char *level, const char *prefix, int prefix_type, int rowsize,
		    int groupsize, const void *buf, size_t len, bool ascii)
{
	const u8 *at = buf;
	char line[ROW_TEXT];
	size_t offset;

	if (rowsize != 16 && rowsize != ROW_MAX)
		rowsize = 16;
	for (offset = 0; offset < len; offset += rowsize) {
		hex_dump_to_buffer(at + offset, len - offset, rowsize, groupsize, line,
				   sizeof(line), ascii);
		switch (prefix_type) {
		case DUMP_PREFIX_ADDRESS:
			printk("%s%s%px: %s\n", level, prefix, at + offset, line);
			break;
		case DUMP_PREFIX_OFFSET:
			printk("%s%s%.8zx: %s\n", level, prefix, offset, line);
			break;
		default:
			printk("%s%s%s\n", level, prefix, line);
			break;
		}
	}
}

// SPDX-License-Identifier: MIT
/*
 * Formatted output: the functions of linux/sprintf.h, which lists the formats that
 * only the kernel has. Those of standard C are
 *
 *	% [-+ #0]* [width | *] [.precision | .*] [hh h l ll L z t] [d i u x X o c s p %]
 *
 * with Linux's deviations: "%#x" of 0 is 0x0, "%.0d" of 0 is 0. Floating point and %n
 * do not exist: an unknown conversion is printed as it stands, and so is all behind
 * it, since nobody knows which arguments it would have taken.
 *
 * A format string is read once, piece by piece. Every piece goes out through put(),
 * which counts what it cannot store: that is how the return value is the whole length
 * and how nothing ever writes past the buffer. Any context: no locks, no allocations;
 * the deepest use of stack is a symbol's name, some 150 bytes.
 */
#include <linux/compiler.h>
#include <linux/ctype.h>
#include <linux/err.h>
#include <linux/errname.h>
#include <linux/ioport.h>
#include <linux/kallsyms.h>
#include <linux/limits.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/sprintf.h>
#include <linux/string.h>
#include <linux/types.h>
#include <memkern/flag_names.h>

struct output {
	char *buf;
	size_t size; /* of buf */
	size_t len;  /* of the text so far, stored or not */
};

enum {
	LEFT = 1,      /* '-': padding goes to the right */
	PLUS = 2,      /* '+': a sign always */
	SPACE = 4,     /* ' ': a space instead of a plus */
	SPECIAL = 8,   /* '#': 0x or 0 in front */
	ZERO_PAD = 16, /* '0' */
	SIGNED = 32,
	UPPER = 64, /* hexadecimal in capitals */
};

/* What stands between '%' and the conversion character. */
struct spec {
	unsigned int flags;
	unsigned int base;
	int width;     /* at least that many characters; -1: none given */
	int precision; /* -1: none given */
	int bytes;     /* the size of the integer argument */
};

static const struct spec plain = { .width = -1, .precision = -1 };
static const struct spec plain_hex = {
	.flags = SPECIAL,
	.base = 16,
	.width = -1,
	.precision = -1,
};

static const char hex_digits[] = "0123456789abcdef";

/* va_list may be an array type: wrapped, a pointer to it is what one expects. */
struct arguments {
	va_list list;
};

static void put(struct output *out, char c)
{
	if (out->len < out->size)
		out->buf[out->len] = c;
	out->len++;
}

static void pad(struct output *out, int count, char c)
{
	while (count-- > 0)
		put(out, c);
}

/* --- strings and numbers --------------------------------------------------- */

static void put_text(struct output *out, const char *text, int len, const struct spec *spec)
{
	int padding = spec->width - len;

	if (!(spec->flags & LEFT))
		pad(out, padding, ' ');
	for (int i = 0; i < len; i++)
		put(out, text[i]);
	if (spec->flags & LEFT)
		pad(out, padding, ' ');
}

/* What to print instead of following the pointer; NULL if it may be followed. */
static const char *bad_pointer(const void *ptr)
{
	if (!ptr)
		return "(null)";
	if ((unsigned long)ptr < 4096 || IS_ERR(ptr))
		return "(efault)";
	return NULL;
}

static void put_string(struct output *out, const char *s, const struct spec *spec)
{
	const char *bad = bad_pointer(s);

	if (bad)
		s = bad;
	put_text(out, s, strnlen(s, spec->precision < 0 ? INT_MAX : spec->precision), spec);
}

/* The digits, lowest first; how many. 64 bits are at most 22 octal digits. */
static int digits_of(char *digits, u64 value, const struct spec *spec)
{
	const char *alphabet = spec->flags & UPPER ? "0123456789ABCDEF" : hex_digits;
	int count = 0;

	do {
		digits[count++] = alphabet[do_div(value, spec->base)];
	} while (value);
	return count;
}

/* "-", "0x" and the like; up to two characters and a NUL. */
static void prefix_of(char *prefix, u64 value, bool negative, const struct spec *spec)
{
	if (negative)
		*prefix++ = '-';
	else if (spec->flags & SIGNED && spec->flags & (PLUS | SPACE))
		*prefix++ = spec->flags & PLUS ? '+' : ' ';

	if (spec->flags & SPECIAL && spec->base == 16) {
		*prefix++ = '0';
		*prefix++ = spec->flags & UPPER ? 'X' : 'x';
	} else if (spec->flags & SPECIAL && spec->base == 8 && value) {
		*prefix++ = '0';
	}
	*prefix = '\0';
}

/* [spaces] [prefix] [zeroes] digits [spaces] */
static void put_number(struct output *out, u64 value, const struct spec *spec)
{
	bool negative = spec->flags & SIGNED && (s64)value < 0;
	char digits[24], prefix[4];
	int count, zeroes, padding;

	if (negative)
		value = -value;
	count = digits_of(digits, value, spec);
	prefix_of(prefix, value, negative, spec);
	zeroes = max(spec->precision - count, 0);
	padding = spec->width - (int)strlen(prefix) - zeroes - count;
	if (spec->flags & ZERO_PAD && !(spec->flags & LEFT) && padding > 0) {
		zeroes += padding;
		padding = 0;
	}
	if (!(spec->flags & LEFT))
		pad(out, padding, ' ');
	for (const char *p = prefix; *p; p++)
		put(out, *p);
	pad(out, zeroes, '0');
	while (count)
		put(out, digits[--count]);
	if (spec->flags & LEFT)
		pad(out, padding, ' ');
}

/* 0x and all the digits that a value of so many bytes has. */
static void put_hex(struct output *out, u64 value, int bytes)
{
	struct spec spec = plain_hex;

	spec.flags |= ZERO_PAD;
	spec.width = 2 + 2 * bytes;
	put_number(out, value, &spec);
}

/* --- pointers, and what they point to -------------------------------------- */

static void put_pointer(struct output *out, const void *ptr, struct spec *spec)
{
	if (spec->width < 0) {
		spec->width = 2 * sizeof(ptr) + (spec->flags & SPECIAL ? 2 : 0);
		spec->flags |= ZERO_PAD;
	}
	spec->base = 16;
	put_number(out, (unsigned long)ptr, spec);
}

static noinline_for_stack void put_symbol(struct output *out, unsigned long addr, char kind,
					  struct spec *spec)
{
	char name[KSYM_SYMBOL_LEN];

	if (kind == 's')
		sprint_symbol_no_offset(name, addr);
	else if (kind == 'B')
		sprint_backtrace(name, addr);
	else
		sprint_symbol(name, addr);
	put_string(out, name, spec);
}

/* %pe: anything that is no error is a pointer. */
static void put_error(struct output *out, const void *ptr, struct spec *spec)
{
	const char *name = IS_ERR(ptr) ? errname(PTR_ERR(ptr)) : NULL;

	if (name) {
		put_string(out, name, spec);
	} else if (IS_ERR(ptr)) {
		spec->base = 10;
		spec->flags |= SIGNED;
		put_number(out, PTR_ERR(ptr), spec);
	} else {
		put_pointer(out, ptr, spec);
	}
}

/* %*ph: the width is the number of bytes, at most 64; kind says what separates them. */
static void put_bytes(struct output *out, const u8 *bytes, char kind, const struct spec *spec)
{
	int count = spec->width < 0 ? 1 : min(spec->width, 64);

	for (int i = 0; i < count; i++) {
		if (i && kind != 'N')
			put(out, kind == 'C' ? ':' : kind == 'D' ? '-' : ' ');
		put(out, hex_digits[bytes[i] >> 4]);
		put(out, hex_digits[bytes[i] & 15]);
	}
}

/* Names joined by "|"; what has none in hexadecimal at the end. */
static void put_flags(struct output *out, unsigned long flags,
		      const struct trace_print_flags *names)
{
	for (; flags && names->name; names++) {
		if ((flags & names->mask) != names->mask || !names->mask)
			continue;
		put_string(out, names->name, &plain);
		flags &= ~names->mask;
		if (flags)
			put(out, '|');
	}
	if (flags)
		put_number(out, flags, &plain_hex);
}

/* %pGp: the number first, since two words may differ in bits without a name. */
static void put_page_flags(struct output *out, unsigned long flags)
{
	put_number(out, flags, &plain_hex);
	put(out, '(');
	put_flags(out, flags, pageflag_names);
	put(out, ')');
}

static void put_resource(struct output *out, const struct resource *res, struct spec *spec)
{
	bool ports = resource_type(res) == IORESOURCE_IO;
	char text[64];

	if (res->flags & IORESOURCE_UNSET)
		snprintf(text, sizeof(text), "[%s size 0x%0*llx]", ports ? "io " : "mem",
			 ports ? 4 : 8, resource_size(res));
	else if (ports || resource_type(res) == IORESOURCE_MEM)
		snprintf(text, sizeof(text), "[%s 0x%0*llx-0x%0*llx%s%s]", ports ? "io " : "mem",
			 ports ? 4 : 8, res->start, ports ? 4 : 8, res->end,
			 res->flags & IORESOURCE_MEM_64 ? " 64bit" : "",
			 res->flags & IORESOURCE_PREFETCH ? " pref" : "");
	else
		snprintf(text, sizeof(text), "[%s %llu]",
			 resource_type(res) == IORESOURCE_IRQ ? "irq" : "dma", res->start);
	put_string(out, text, spec);
}

static void format(struct output *out, const char *fmt, struct arguments *args);

/* %pV: the arguments are copied, the caller may use them again. */
static void put_va_format(struct output *out, const struct va_format *vaf)
{
	struct arguments args;

	va_copy(args.list, *vaf->va);
	format(out, vaf->fmt, &args);
	va_end(args.list);
}

/* The formats whose argument points to what is printed. */
static void put_pointee(struct output *out, const void *ptr, const char *kind, struct spec *spec)
{
	const char *bad = bad_pointer(ptr);

	if (bad) {
		put_string(out, bad, spec);
		return;
	}
	switch (kind[0]) {
	case 'a':
		if (kind[1] == 'd')
			put_hex(out, *(const dma_addr_t *)ptr, sizeof(dma_addr_t));
		else
			put_hex(out, *(const phys_addr_t *)ptr, sizeof(phys_addr_t));
		break;
	case 'G':
		if (kind[1] == 'g')
			put_flags(out, *(const gfp_t *)ptr, gfpflag_names);
		else
			put_page_flags(out, *(const unsigned long *)ptr);
		break;
	case 'h':
		put_bytes(out, ptr, kind[1], spec);
		break;
	case 'R':
		put_resource(out, ptr, spec);
		break;
	case 'V':
		put_va_format(out, ptr);
		break;
	}
}

/* %p: kind is what follows, and any letters and digits behind belong to it. */
static const char *format_pointer(struct output *out, const void *ptr, const char *kind,
				  struct spec *spec)
{
	switch (*kind) {
	case 'S':
	case 's':
	case 'B':
		put_symbol(out, (unsigned long)ptr, *kind, spec);
		break;
	case 'e':
		put_error(out, ptr, spec);
		break;
	case 'a':
	case 'G':
	case 'h':
	case 'R':
	case 'V':
		put_pointee(out, ptr, kind, spec);
		break;
	default:
		put_pointer(out, ptr, spec);
	}
	while (isalnum(*kind))
		kind++;
	return kind;
}

/* --- reading the format ---------------------------------------------------- */

static const char *parse_flags(const char *fmt, struct spec *spec)
{
	for (;; fmt++) {
		switch (*fmt) {
		case '-':
			spec->flags |= LEFT;
			break;
		case '+':
			spec->flags |= PLUS;
			break;
		case ' ':
			spec->flags |= SPACE;
			break;
		case '#':
			spec->flags |= SPECIAL;
			break;
		case '0':
			spec->flags |= ZERO_PAD;
			break;
		default:
			return fmt;
		}
	}
}

/* A number in the format or, for "*", an argument; 0 if there is neither. */
static const char *parse_count(const char *fmt, struct arguments *args, int *count)
{
	if (*fmt == '*') {
		*count = va_arg(args->list, int);
		return fmt + 1;
	}
	for (*count = 0; isdigit(*fmt); fmt++)
		if (*count < INT_MAX / 10 - 1)
			*count = *count * 10 + (*fmt - '0');
	return fmt;
}

static const char *parse_width(const char *fmt, struct arguments *args, struct spec *spec)
{
	if (*fmt != '*' && !isdigit(*fmt))
		return fmt;
	fmt = parse_count(fmt, args, &spec->width);
	if (spec->width < 0) {
		spec->flags |= LEFT;
		spec->width = spec->width == INT_MIN ? INT_MAX : -spec->width;
	}
	return fmt;
}

static const char *parse_precision(const char *fmt, struct arguments *args, struct spec *spec)
{
	if (*fmt != '.')
		return fmt;
	fmt = parse_count(fmt + 1, args, &spec->precision);
	spec->precision = max(spec->precision, -1);
	return fmt;
}

static const char *parse_size(const char *fmt, struct spec *spec)
{
	switch (*fmt) {
	case 'h':
		spec->bytes = fmt[1] == 'h' ? sizeof(char) : sizeof(short);
		return fmt + (fmt[1] == 'h' ? 2 : 1);
	case 'l':
		spec->bytes = fmt[1] == 'l' ? sizeof(long long) : sizeof(long);
		return fmt + (fmt[1] == 'l' ? 2 : 1);
	case 'L':
		spec->bytes = sizeof(long long);
		return fmt + 1;
	case 'z':
	case 't':
		spec->bytes = sizeof(size_t);
		return fmt + 1;
	default:
		spec->bytes = sizeof(int);
		return fmt;
	}
}

/* All from behind the '%' up to the conversion character. */
static const char *parse_spec(const char *fmt, struct arguments *args, struct spec *spec)
{
	*spec = plain;
	spec->base = 10;
	fmt = parse_flags(fmt, spec);
	fmt = parse_width(fmt, args, spec);
	fmt = parse_precision(fmt, args, spec);
	return parse_size(fmt, spec);
}

/* The argument as 64 bits, cut to its size, with its sign if it has one. */
static u64 next_integer(struct arguments *args, const struct spec *spec)
{
	unsigned int unused = 64 - 8 * spec->bytes;
	u64 value;

	if (spec->bytes == sizeof(long long))
		return va_arg(args->list, long long);
	value = spec->bytes == sizeof(long) ? va_arg(args->list, long) : va_arg(args->list, int);
	value <<= unused;
	return spec->flags & SIGNED ? (u64)((s64)value >> unused) : value >> unused;
}

static void put_char(struct output *out, char c, const struct spec *spec)
{
	put_text(out, &c, 1, spec);
}

/* The conversion at fmt; what follows it, or NULL if there is no such conversion. */
static const char *format_one(struct output *out, const char *fmt, struct spec *spec,
			      struct arguments *args)
{
	switch (*fmt) {
	case '%':
		put(out, '%');
		return fmt + 1;
	case 'c':
		put_char(out, va_arg(args->list, int), spec);
		return fmt + 1;
	case 's':
		put_string(out, va_arg(args->list, const char *), spec);
		return fmt + 1;
	case 'p':
		return format_pointer(out, va_arg(args->list, void *), fmt + 1, spec);
	case 'd':
	case 'i':
		spec->flags |= SIGNED;
		break;
	case 'u':
		break;
	case 'o':
		spec->base = 8;
		break;
	case 'X':
		spec->flags |= UPPER;
		fallthrough;
	case 'x':
		spec->base = 16;
		break;
	default:
		return NULL;
	}
	put_number(out, next_integer(args, spec), spec);
	return fmt + 1;
}

static void format(struct output *out, const char *fmt, struct arguments *args)
{
	struct spec spec;
	const char *next;

	while (*fmt) {
		if (*fmt != '%') {
			put(out, *fmt++);
			continue;
		}
		next = parse_spec(fmt + 1, args, &spec);
		next = format_one(out, next, &spec, args);
		if (!next) {
			put_string(out, fmt, &plain);
			return;
		}
		fmt = next;
	}
}

/* --- the interface --------------------------------------------------------- */

int vsnprintf(char *buf, size_t size, const char *fmt, va_list list)
{
	struct output out = { .buf = buf, .size = size };
	struct arguments args;

	va_copy(args.list, list);
	format(&out, fmt, &args);
	va_end(args.list);
	if (size)
		buf[min(out.len, size - 1)] = '\0';
	return out.len;
}

int snprintf(char *buf, size_t size, const char *fmt, ...)
{
	va_list args;
	int len;

	va_start(args, fmt);
	len = vsnprintf(buf, size, fmt, args);
	va_end(args);
	return len;
}

int vscnprintf(char *buf, size_t size, const char *fmt, va_list args)
{
	size_t len = vsnprintf(buf, size, fmt, args);

	return size ? min(len, size - 1) : 0;
}

int scnprintf(char *buf, size_t size, const char *fmt, ...)
{
	va_list args;
	int len;

	va_start(args, fmt);
	len = vscnprintf(buf, size, fmt, args);
	va_end(args);
	return len;
}

int vsprintf(char *buf, const char *fmt, va_list args)
{
	return vsnprintf(buf, INT_MAX, fmt, args);
}

int sprintf(char *buf, const char *fmt, ...)
{
	va_list args;
	int len;

	va_start(args, fmt);
	len = vsnprintf(buf, INT_MAX, fmt, args);
	va_end(args);
	return len;
}

// SPDX-License-Identifier: MIT
/*
 * The types of parameters (linux/moduleparam.h): from a word's text to a variable and back.
 * Kernel code's own are set before there is memory to be had: nothing here allocates.
 */
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/moduleparam.h>
#include <linux/printk.h>
#include <linux/string.h>
#include <memkern/params.h>

int param_set(const struct kernel_param *param, const char *name, const char *value,
	      const char *doing)
{
	int error = -EINVAL;

	if (!param->ops->set)
		error = -EPERM;
	else if (value || (param->ops->flags & KERNEL_PARAM_OPS_FL_NOARG))
		error = param->ops->set(value, param);
	if (error == -ENOSPC)
		pr_err("%s: `%s' too large for parameter `%s'\n", doing, value ?: "", name);
	else if (error)
		pr_err("%s: `%s' invalid for parameter `%s'\n", doing, value ?: "", name);
	return error;
}

/* --- numbers ------------------------------------------------------------------------------- */

/* As in C: 0x is hexadecimal, a 0 in front octal. */
#define NUMBER(name, type, format, parse)                                           \
	int param_set_##name(const char *val, const struct kernel_param *kp)        \
	{                                                                           \
		return parse(val, 0, (type *)kp->arg);                              \
	}                                                                           \
	int param_get_##name(char *buffer, const struct kernel_param *kp)           \
	{                                                                           \
		return scnprintf(buffer, PAGE_SIZE, format "\n", *(type *)kp->arg); \
	}                                                                           \
	const struct kernel_param_ops param_ops_##name = { .set = param_set_##name, \
							   .get = param_get_##name }

NUMBER(byte, unsigned char, "%hhu", kstrtou8);
NUMBER(short, short, "%hd", kstrtos16);
NUMBER(ushort, unsigned short, "%hu", kstrtou16);
NUMBER(int, int, "%d", kstrtoint);
NUMBER(uint, unsigned int, "%u", kstrtouint);
NUMBER(hexint, unsigned int, "%#08x", kstrtouint);
NUMBER(long, long, "%ld", kstrtol);
NUMBER(ulong, unsigned long, "%lu", kstrtoul);
NUMBER(ullong, unsigned long long, "%llu", kstrtoull);

int param_set_uint_minmax(const char *val, const struct kernel_param *kp, unsigned int min,
			  unsigned int max)
{
	unsigned int number;
	int error = kstrtouint(val, 0, &number);

	if (error)
		return error;
	if (number < min || number > max)
		return -EINVAL;
	*(unsigned int *)kp->arg = number;
	return 0;
}

/* --- truth --------------------------------------------------------------------------------- */

/* The word alone means yes. */
int param_set_bool(const char *val, const struct kernel_param *kp)
{
	return kstrtobool(val ?: "1", kp->arg);
}

int param_get_bool(char *buffer, const struct kernel_param *kp)
{
	return sprintf(buffer, "%c\n", *(bool *)kp->arg ? 'Y' : 'N');
}

const struct kernel_param_ops param_ops_bool = {
	.flags = KERNEL_PARAM_OPS_FL_NOARG,
	.set = param_set_bool,
	.get = param_get_bool,
};

int param_set_invbool(const char *val, const struct kernel_param *kp)
{
	bool inverse;
	int error = kstrtobool(val, &inverse);

	if (!error)
		*(bool *)kp->arg = !inverse;
	return error;
}

int param_get_invbool(char *buffer, const struct kernel_param *kp)
{
	return sprintf(buffer, "%c\n", *(bool *)kp->arg ? 'N' : 'Y');
}

const struct kernel_param_ops param_ops_invbool = {
	.set = param_set_invbool,
	.get = param_get_invbool,
};

/* --- strings ------------------------------------------------------------------------------- */

int param_set_charp(const char *val, const struct kernel_param *kp)
{
	if (strlen(val) > 1024) {
		pr_err("%s: string parameter too long\n", kp->name);
		return -ENOSPC;
	}
	*(const char **)kp->arg = val;
	return 0;
}

int param_get_charp(char *buffer, const struct kernel_param *kp)
{
	return scnprintf(buffer, PAGE_SIZE, "%s\n", *(char **)kp->arg ?: "(null)");
}

const struct kernel_param_ops param_ops_charp = { .set = param_set_charp, .get = param_get_charp };

int param_set_copystring(const char *val, const struct kernel_param *kp)
{
	if (strlen(val) >= kp->str->maxlen) {
		pr_err("%s: string doesn't fit in %u chars.\n", kp->name, kp->str->maxlen - 1);
		return -ENOSPC;
	}
	strcpy(kp->str->string, val);
	return 0;
}

int param_get_string(char *buffer, const struct kernel_param *kp)
{
	return scnprintf(buffer, PAGE_SIZE, "%s\n", kp->str->string);
}

const struct kernel_param_ops param_ops_string = {
	.set = param_set_copystring,
	.get = param_get_string,
};

/* --- arrays -------------------------------------------------------------------------------- */

static unsigned int array_length(const struct kparam_array *array)
{
	return array->num ? *array->num : array->max;
}

/* The text is cut at its commas, for good: it is the parameter's own. A refused one is shown whole. */
static int set_array(const char *val, const struct kernel_param *kp)
{
	const struct kparam_array *array = kp->arr;
	struct kernel_param element = *kp;
	char *text = (char *)val, *end = text + strlen(text), *rest = text, *one;
	unsigned int nr = 0;
	int error = 0;

	while (!error && (one = strsep(&rest, ","))) {
		if (nr == array->max) {
			pr_err("%s: can only take %u arguments\n", kp->name, array->max);
			error = -EINVAL;
			break;
		}
		element.arg = array->elem + array->elemsize * nr++;
		error = array->ops->set(one, &element);
	}
	for (; error && text < end; text++)
		if (!*text)
			*text = ',';
	if (array->num)
		*array->num = nr;
	return error;
}

static int get_array(char *buffer, const struct kernel_param *kp)
{
	const struct kparam_array *array = kp->arr;
	struct kernel_param element = *kp;
	unsigned int i;
	int at = 0;

	for (i = 0; i < array_length(array) && at < (int)PAGE_SIZE / 2; i++) {
		int length;

		if (at)
			buffer[at - 1] = ','; /* was the newline */
		element.arg = array->elem + array->elemsize * i;
		length = array->ops->get(buffer + at, &element);
		if (length < 0)
			return length;
		at += length;
	}
	buffer[at] = '\0';
	return at;
}

const struct kernel_param_ops param_array_ops = { .set = set_array, .get = get_array };

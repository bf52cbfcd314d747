// SPDX-License-Identifier: MIT
/* A name with a dot in it: the last one of a word is where the parameter begins. */
#include <linux/module.h>

static int value;
module_param(value, int, 0444);

static int __init dotted_init(void)
{
	pr_info("dotted: %d\n", value);
	return 0;
}
module_init(dotted_init);

MODULE_LICENSE("GPL");

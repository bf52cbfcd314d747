// SPDX-License-Identifier: MIT
/* One of two files of the same name, with the same names in them, static and not. */
#include <linux/module.h>

static int value = 2;
module_param(value, int, 0444);
int counter = 20;

extern int left_number(void);
int twin_number(void);

int twin_number(void)
{
	return value + counter++;
}

static int __init twin_init(void)
{
	pr_info("right twin: value %d, number %d, left's %d\n", value, twin_number(),
		left_number());
	return 0;
}
module_init(twin_init);

static void __exit twin_exit(void)
{
	pr_info("right twin: the end\n");
}
module_exit(twin_exit);

MODULE_LICENSE("GPL");
